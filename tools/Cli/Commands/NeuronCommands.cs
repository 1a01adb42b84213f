using System.CommandLine;
using Dtao.Cli.Options;
using Dtao.Cli.Output;
using Dtao.Client;
using Dtao.Economics;

namespace Dtao.Cli.Commands;

/// <summary><c>subnets register</c>, <c>subnets create</c>, and <c>subnets start</c>.</summary>
internal static class NeuronCommands
{
    public static Command Register(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The wallet that pays", true);
        var hotkey = ValueOptions.Account("--hotkey", "The hotkey that gets the seat", true);
        var netuid = ValueOptions.Netuid("--netuid", "The subnet; 0 is root, which costs nothing", true);
        var limit = ValueOptions.Amount("--limit", "TAO that the registration may cost at most; any price when left out");
        var command = new Command("register", "Register a hotkey as a neuron, for TAO that is burned.") { coldkey, hotkey, netuid, limit };
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var (signer, key, subnet) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(hotkey)!.Value, parsed.GetValue(netuid)!.Value);
            var what = $"Register hotkey {Shown.Account(key)} of {Shown.Account(signer)} in subnet {subnet}";
            if (subnet.IsRoot) return Task.FromResult(new Plan(signer, Calls.RootRegister(key), what + "."));
            return Task.FromResult(parsed.GetValue(limit) is { } most
                ? new Plan(signer, Calls.RegisterLimit(key, subnet, new Tao(most)), $"{what}, for at most {Shown.Tao(most)}.")
                : new Plan(signer, Calls.RegisterNeuron(key, subnet), $"{what}, at any price."));
        });
    }

    public static Command CreateSubnet(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The wallet that pays and owns", true);
        var hotkey = ValueOptions.Account("--hotkey", "The owner's hotkey, which gets the first seat", true);
        var texts = new SubnetIdentityOptions();
        var command = new Command("create", "Register a new subnet, for the lock cost of the moment.") { coldkey, hotkey };
        texts.AddTo(command);
        return ValueCommand.Complete(command, context, (parsed, _, _) =>
        {
            var (signer, key) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(hotkey)!.Value);
            return Task.FromResult(new Plan(signer, Calls.RegisterNetwork(key, texts.Read(parsed, null)), $"Register a new subnet of {Shown.Account(signer)} with hotkey {Shown.Account(key)}."));
        });
    }

    public static Command Start(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The subnet's owner", true);
        var netuid = ValueOptions.Netuid("--netuid", "The subnet", true);
        return ValueCommand.Complete(new Command("start", "Open a subnet's trading and emission.") { coldkey, netuid }, context, (parsed, _, _) =>
        {
            var (signer, subnet) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(netuid)!.Value);
            return Task.FromResult(new Plan(signer, Calls.StartCall(subnet), $"Start subnet {subnet}."));
        });
    }

    public static Command TerminateLease(CliContext context)
    {
        var coldkey = ValueOptions.Account("--coldkey", "The lease's beneficiary", true);
        var netuid = ValueOptions.Netuid("--netuid", "The leased subnet", true);
        var hotkey = ValueOptions.Account("--hotkey", "The subnet's owner hotkey from then on", true);
        return ValueCommand.Complete(new Command("terminate-lease", "Take over a subnet whose lease has ended.") { coldkey, netuid, hotkey }, context, (parsed, _, _) =>
        {
            var (signer, subnet) = (parsed.GetValue(coldkey)!.Value, parsed.GetValue(netuid)!.Value);
            return Task.FromResult(new Plan(signer, Calls.TerminateLease(subnet, parsed.GetValue(hotkey)!.Value), $"End the lease of subnet {subnet}, which is then {Shown.Account(signer)}'s."));
        });
    }
}
