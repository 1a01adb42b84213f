using System.Collections.Frozen;
using System.Text;
using Dtao.Client;
using Dtao.Economics.Ledger;

namespace Dtao.Api.Writes;

/// <summary>Every call that a client may send, by the name that it has in JSON. One table reads them, lists them, and describes them in the OpenAPI document.</summary>
/// <remarks>Names are those of <see cref="CallKind"/> in small letters with underscores; fields are those of <see cref="Call"/>, written the same way.</remarks>
internal static partial class CallForms
{
    private static readonly CallField s_hotkey = new("hotkey", CallFieldType.Account, "The hotkey; of a move the one that the stake leaves.");
    private static readonly CallField s_netuid = new("netuid", CallFieldType.Netuid, "The subnet; of a move the one that the stake leaves.");
    private static readonly CallField s_toHotkey = new("to_hotkey", CallFieldType.Account, "The hotkey that takes over.");
    private static readonly CallField s_toNetuid = new("to_netuid", CallFieldType.Netuid, "The subnet that the stake goes to.");
    private static readonly CallField s_toColdkey = new("to_coldkey", CallFieldType.Account, "The coldkey that receives.");
    private static readonly CallField s_tao = new("amount", CallFieldType.Number, "Rao of TAO.");
    private static readonly CallField s_alpha = new("amount", CallFieldType.Number, "Rao of the subnet's alpha.");
    private static readonly CallField s_limit = new("limit", CallFieldType.Number, "The price that must not be passed, in rao of TAO for one whole alpha.");
    private static readonly CallField s_limitRate = new("limit", CallFieldType.Number, "The rate that must not be passed: the price of the origin's alpha in the destination's, times 10^9.");
    private static readonly CallField s_partial = new CallField("allow_partial", CallFieldType.Flag, "Whether what fits up to the limit is done, in place of nothing.").Optional();
    private static readonly CallField s_keepAlive = new CallField("keep_alive", CallFieldType.Flag, "Whether the sender must keep the existential deposit; true unless it is said.").Optional();
    private static readonly CallField s_take = new("take", CallFieldType.Short, "Parts of 65535.");
    private static readonly CallField s_isOn = new("is_on", CallFieldType.Flag, "On or off.");
    private static readonly CallField s_coldkey = new("coldkey", CallFieldType.Account, "The coldkey that the call is about.");

    /// <summary>In the order of <see cref="CallKind"/>.</summary>
    public static IReadOnlyList<CallForm> All => Table.All;

    public static CallForm? Find(string name) => Table.ByName.GetValueOrDefault(name);

    /// <summary>The name of a kind in JSON: AddStakeLimit is add_stake_limit.</summary>
    public static string NameOf(CallKind kind)
    {
        var name = new StringBuilder();
        foreach (var letter in kind.ToString())
        {
            if (char.IsAsciiLetterUpper(letter) && name.Length > 0) name.Append('_');
            name.Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }

    private static CallForm Form(CallKind kind, string description, IReadOnlyList<CallField> fields, Func<CallValues, Call> make) =>
        new(kind, NameOf(kind), description, fields, make);

    private static IEnumerable<CallForm> Stakes() =>
    [
        Form(CallKind.AddStake, "Buys alpha with TAO at the market price and stakes it; on root, stakes the TAO itself.", [s_hotkey, s_netuid, s_tao],
            with => Calls.AddStake(with.Account("hotkey"), with.Netuid("netuid"), with.Tao("amount"))),
        Form(CallKind.AddStakeLimit, "As add_stake, never above a price.", [s_hotkey, s_netuid, s_tao, s_limit, s_partial],
            with => Calls.AddStakeLimit(with.Account("hotkey"), with.Netuid("netuid"), with.Tao("amount"), with.Limit("limit"), with.Flag("allow_partial"))),
        Form(CallKind.RemoveStake, "Sells alpha of a position for TAO; more than the position means all of it.", [s_hotkey, s_netuid, s_alpha],
            with => Calls.RemoveStake(with.Account("hotkey"), with.Netuid("netuid"), with.Alpha("amount"))),
        Form(CallKind.RemoveStakeLimit, "As remove_stake, never below a price; more than the position is refused.", [s_hotkey, s_netuid, s_alpha, s_limit, s_partial],
            with => Calls.RemoveStakeLimit(with.Account("hotkey"), with.Netuid("netuid"), with.Alpha("amount"), with.Limit("limit"), with.Flag("allow_partial"))),
        Form(CallKind.RemoveStakeFullLimit, "Sells a whole position, with a limit all or nothing.", [s_hotkey, s_netuid, s_limit.Optional()],
            with => Calls.RemoveStakeFullLimit(with.Account("hotkey"), with.Netuid("netuid"), with.OptionalLimit("limit"))),
        Form(CallKind.UnstakeAll, "Sells every position on a hotkey, root included.", [s_hotkey], with => Calls.UnstakeAll(with.Account("hotkey"))),
        Form(CallKind.UnstakeAllAlpha, "Sells every alpha position on a hotkey and stakes the TAO on root.", [s_hotkey], with => Calls.UnstakeAllAlpha(with.Account("hotkey"))),
        Form(CallKind.MoveStake, "Moves stake to another hotkey, another subnet, or both.", [s_hotkey, s_toHotkey, s_netuid, s_toNetuid, s_alpha],
            with => Calls.MoveStake(with.Account("hotkey"), with.Account("to_hotkey"), with.Netuid("netuid"), with.Netuid("to_netuid"), with.Alpha("amount"))),
        Form(CallKind.TransferStake, "Gives stake to another coldkey, on the same hotkey.", [s_toColdkey, s_hotkey, s_netuid, s_toNetuid, s_alpha],
            with => Calls.TransferStake(with.Account("to_coldkey"), with.Account("hotkey"), with.Netuid("netuid"), with.Netuid("to_netuid"), with.Alpha("amount"))),
        Form(CallKind.SwapStake, "Changes alpha of one subnet into alpha of another, on the same hotkey.", [s_hotkey, s_netuid, s_toNetuid, s_alpha],
            with => Calls.SwapStake(with.Account("hotkey"), with.Netuid("netuid"), with.Netuid("to_netuid"), with.Alpha("amount"))),
        Form(CallKind.SwapStakeLimit, "As swap_stake, never below a rate.",
            [s_hotkey, s_netuid, s_toNetuid, s_alpha, s_limitRate, s_partial],
            with => Calls.SwapStakeLimit(
                with.Account("hotkey"), with.Netuid("netuid"), with.Netuid("to_netuid"), with.Alpha("amount"), with.Number("limit"), with.Flag("allow_partial"))),
        Form(CallKind.RecycleAlpha, "Takes alpha out of existence so that it can be emitted again.", [s_hotkey, s_netuid, s_alpha],
            with => Calls.RecycleAlpha(with.Account("hotkey"), with.Netuid("netuid"), with.Alpha("amount"))),
        Form(CallKind.BurnAlpha, "Takes alpha from its holder for good; the supply stays counted.", [s_hotkey, s_netuid, s_alpha],
            with => Calls.BurnAlpha(with.Account("hotkey"), with.Netuid("netuid"), with.Alpha("amount"))),
        Form(CallKind.AddStakeBurn, "Buys alpha and burns exactly what came out.", [s_hotkey, s_netuid, s_tao, s_limit.Optional()],
            with => Calls.AddStakeBurn(with.Account("hotkey"), with.Netuid("netuid"), with.Tao("amount"), with.OptionalLimit("limit"))),
        Form(CallKind.AddStakeRecycle, "Buys alpha and recycles exactly what came out.", [s_hotkey, s_netuid, s_tao, s_limit.Optional()],
            with => Calls.AddStakeBurn(with.Account("hotkey"), with.Netuid("netuid"), with.Tao("amount"), with.OptionalLimit("limit")) with { Kind = CallKind.AddStakeRecycle }),
        Form(CallKind.Transfer, "Sends free TAO.", [s_toColdkey, s_tao, s_keepAlive],
            with => Calls.Transfer(with.Account("to_coldkey"), with.Tao("amount"), with.Flag("keep_alive", true))),
        Form(CallKind.TransferAll, "Sends all free TAO, or with keep_alive all but the existential deposit.", [s_toColdkey, s_keepAlive],
            with => Calls.TransferAll(with.Account("to_coldkey"), with.Flag("keep_alive", true))),
        Form(CallKind.LockStake, "Locks alpha of the signer for a hotkey.", [s_hotkey, s_netuid, s_alpha],
            with => new() { Kind = CallKind.LockStake, Hotkey = with.Account("hotkey"), Netuid = with.Netuid("netuid"), Amount = with.Number("amount") }),
        Form(CallKind.MoveLock, "Makes the signer's lock one for another hotkey.", [s_hotkey, s_netuid],
            with => new() { Kind = CallKind.MoveLock, Hotkey = with.Account("hotkey"), Netuid = with.Netuid("netuid") }),
        Form(CallKind.SetPerpetualLock, "Whether the signer's lock on a subnet does not melt.", [s_netuid, s_isOn],
            with => new() { Kind = CallKind.SetPerpetualLock, Netuid = with.Netuid("netuid"), Detail = new SwitchDetail(with.Flag("is_on")) }),
        Form(CallKind.SetRejectLockedAlpha, "Whether the signer takes no locked alpha of a subnet from others.", [s_netuid, s_isOn],
            with => new() { Kind = CallKind.SetRejectLockedAlpha, Netuid = with.Netuid("netuid"), Detail = new SwitchDetail(with.Flag("is_on")) }),
    ];

    /// <summary>Made after the fields of every part of this class, which no order of files promises.</summary>
    private static class Table
    {
        public static readonly CallForm[] All = [.. new[] { Stakes(), Neurons(), Networks(), Keys(), Orders() }.SelectMany(forms => forms).OrderBy(form => form.Kind)];

        public static readonly FrozenDictionary<string, CallForm> ByName = All.ToFrozenDictionary(form => form.Name, StringComparer.Ordinal);
    }
}
