using Dtao.Client;
using Dtao.Economics.Ledger;

namespace Dtao.Api.Writes;

/// <content>Subnets, their settings and texts, root claims, and what only the sudo key does.</content>
internal static partial class CallForms
{
    private const string TextOf = "May be empty.";

    private static readonly CallField s_parameter = new("parameter", CallFieldType.Text, "The setting's name, as in a genesis document or as on the chain.");
    private static readonly CallField s_value = new("value", CallFieldType.Text, "The value as text.");
    private static readonly CallField s_netuids = new("netuids", CallFieldType.Netuid, "Subnets.") { IsList = true };

    private static readonly CallField s_claimType = new("type", CallFieldType.Word, "What becomes of root dividends: sold, kept, or kept on the netuids that are named.")
    {
        Words = ["swap", "keep", "keep_subnets"],
    };

    private static readonly CallField s_subnetIdentity = new("identity", CallFieldType.Object, "How the subnet presents itself, all of it.")
    {
        Fields = [.. TextFields("name", "repository", "contact", "url", "discord", "description", "logo", "additional")],
    };

    private static readonly CallField s_coldkeyIdentity = new("identity", CallFieldType.Object, "How the signer presents itself, all of it.")
    {
        Fields = [.. TextFields("name", "url", "repository", "image", "discord", "description", "additional")],
    };

    private static IEnumerable<CallField> TextFields(params IEnumerable<string> names) => names.Select(name => new CallField(name, CallFieldType.Text, TextOf).Optional());

    private static IEnumerable<CallForm> Networks() =>
    [
        Form(CallKind.StartCall, "Starts a subnet's emission and trading; its owner's call.", [s_netuid], with => Calls.StartCall(with.Netuid("netuid"))),
        Form(CallKind.RegisterNetwork, "Buys a new subnet at the lock cost of the moment.", [s_hotkey, s_subnetIdentity.Optional()],
            with => Calls.RegisterNetwork(with.Account("hotkey"), with.OptionalObject("identity") is { } identity ? SubnetIdentity(identity) : null)),
        Form(CallKind.DissolveNetwork, "Dissolves a subnet; the sudo key's call.", [s_netuid], with => Calls.DissolveNetwork(with.Netuid("netuid"))),
        Form(CallKind.ClaimRoot, "Claims what the signer's root stake has earned on subnets, at most five.", [s_netuids], with => Calls.ClaimRoot(with.Netuids("netuids"))),
        Form(CallKind.SetRootClaimType, "Chooses what becomes of the signer's root dividends when they are claimed.", [s_claimType, s_netuids.Optional()],
            with => Calls.SetRootClaimType(with.Text("type") switch
            {
                "swap" => RootClaimType.Swap,
                "keep" => RootClaimType.Keep,
                _ => new RootClaimType(RootClaimKind.KeepSubnets, [.. with.Netuids("netuids").Distinct().Order()]),
            })),
        Form(CallKind.SetTempo, "Sets the blocks between a subnet's epochs; its owner's call.", [s_netuid, new("amount", CallFieldType.Number, "Blocks.")],
            with => new() { Kind = CallKind.SetTempo, Netuid = with.Netuid("netuid"), Amount = with.Number("amount") }),
        Form(CallKind.SetActivityCutoffFactor, "Sets after how long a neuron is inactive; the owner's call.", [s_netuid, new("amount", CallFieldType.Number, "Thousandths of a tempo.")],
            with => new() { Kind = CallKind.SetActivityCutoffFactor, Netuid = with.Netuid("netuid"), Amount = with.Number("amount") }),
        Form(CallKind.TriggerEpoch, "Asks for an epoch when the freeze window is over; the owner's call.", [s_netuid], with => Calls.TriggerEpoch(with.Netuid("netuid"))),
        Form(CallKind.SetRootClaimThreshold, "Sets the root dividends under which a claim pays nothing; the owner's call.", [s_netuid, s_alpha],
            with => new() { Kind = CallKind.SetRootClaimThreshold, Netuid = with.Netuid("netuid"), Amount = with.Number("amount") }),
        Form(CallKind.SetHyperparameter, "Sets a hyperparameter of a subnet, within its bounds; the call of its owner or of the sudo key.", [s_netuid, s_parameter, s_value],
            with => Calls.SetHyperparameter(with.Netuid("netuid"), with.Text("parameter"), with.Text("value"))),
        Form(CallKind.SudoSet, "Sets a parameter of the network, within its bounds; the sudo key's call.", [s_parameter, s_value.Optional()],
            with => Calls.SudoSet(with.Text("parameter"), with.OptionalText("value"))),
        Form(CallKind.TerminateLease, "Hands a subnet whose lease has ended to the lease's beneficiary.", [s_netuid, s_hotkey],
            with => Calls.TerminateLease(with.Netuid("netuid"), with.Account("hotkey"))),
        Form(CallKind.SetSubnetIdentity, "Says how a subnet presents itself; its owner's call.", [s_netuid, s_subnetIdentity],
            with => Calls.SetSubnetIdentity(with.Netuid("netuid"), SubnetIdentity(with.Object("identity")))),
        Form(CallKind.UpdateSymbol, "Gives a subnet's token another of the chain's symbols.", [s_netuid, new("symbol", CallFieldType.Text, "The symbol.")],
            with => Calls.UpdateSymbol(with.Netuid("netuid"), with.Text("symbol"))),
        Form(CallKind.SetIdentity, "Says how the signer presents itself. It must own a hotkey that is a neuron somewhere.", [s_coldkeyIdentity],
            with => Calls.SetIdentity(ColdkeyIdentity(with.Object("identity")))),
    ];

    private static IdentityDetail SubnetIdentity(CallValues with) => new(
        with.Text("name"), with.Text("repository"), with.Text("contact"), with.Text("url"), with.Text("discord"), with.Text("description"), with.Text("logo"), with.Text("additional"));

    private static ColdkeyIdentityDetail ColdkeyIdentity(CallValues with) => new(
        with.Text("name"), with.Text("url"), with.Text("repository"), with.Text("image"), with.Text("discord"), with.Text("description"), with.Text("additional"));
}
