using System.Diagnostics.CodeAnalysis;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Economics.Staking;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;

namespace Dtao.Grains.Validators;

/// <summary>What a hotkey's actor does with a command.</summary>
public abstract record ValidatorDecision
{
    /// <summary>Record this, then answer with its outcome.</summary>
    public sealed record Decide(HotkeyOperationDecided Event) : ValidatorDecision;

    /// <summary>Decided by an earlier delivery: answer the same.</summary>
    public sealed record Repeat(HotkeyOutcome Outcome) : ValidatorDecision;

    /// <summary>The sender has called the sequence settled: a message that slept.</summary>
    public sealed record Stale : ValidatorDecision;
}

/// <summary>The rules of one hotkey: who owns it and what it keeps. Pure: state and command in, event out.</summary>
public static class ValidatorDecider
{
    private static readonly ValidatorDecision Slept = new ValidatorDecision.Stale();

    /// <param name="head">The newest block that this process knows to be closed.</param>
    /// <remarks>A refusal is an event too: whoever asks again is told the same, whatever has changed meanwhile.</remarks>
    public static ValidatorDecision Decide(ValidatorState state, PoolCommand command, NetworkParameters parameters, BlockNumber head)
    {
        var now = BlockOf(state, command.Head.Seen, head);
        switch (state.Outcomes.Judge(command.Head, now, out var known))
        {
            case Verdict.Known:
                return new ValidatorDecision.Repeat(known!);
            case Verdict.Stale:
                return Slept;
            case Verdict.Expired:
                return Recorded(command, new HotkeyOutcome(null, now, 0), null);
        }

        var (outcome, after) = Execute(state, command, parameters, now);
        return Recorded(command, new HotkeyOutcome(outcome, now, state.Order + 1), after);
    }

    /// <summary>What <see cref="Decide"/> would come to.</summary>
    public static CallQuote Quote(ValidatorState state, PoolCommand command, NetworkParameters parameters, BlockNumber head)
    {
        var (signer, call) = (command.Head.Sender, command.Call);
        var source = new HotkeySource(state, parameters, BlockOf(state, command.Head.Seen, head));
        var quote = IsForHotkey(state, call) ? Quotes.Of(source, signer, call) : Economics.Staking.Quote.Refused(LedgerError.MalformedCall, call);
        return CallQuote.Of(quote, call, source.Block);
    }

    /// <summary>The event that makes a hotkey a delegate, or null when it is one.</summary>
    /// <param name="seen">The block of the operation that makes it one.</param>
    /// <param name="head">The newest block that this process knows to be closed.</param>
    /// <remarks>Source: rule book 01, 6.2; staking/helpers.rs. The window of take changes does not start.</remarks>
    public static DelegateEnsured? EnsureDelegate(ValidatorState state, BlockNumber seen, BlockNumber head)
    {
        if (state.Record is null) throw new InvalidOperationException($"Hotkey {state.Hotkey} has no owner and cannot be a delegate.");
        return state.Record.IsDelegate ? null : new DelegateEnsured(Take.Default, BlockOf(state, seen, head));
    }

    /// <summary>The event by which a hotkey gets the owner that it was set aside for; null when there is nothing to do.</summary>
    /// <remarks>
    /// A message that slept while the hotkey was swapped away does not bring the owner of before back: whoever gives a hotkey away has set it aside, and a
    /// swap has ended that.
    /// </remarks>
    public static OwnerEnsured? EnsureOwner(ValidatorState state, AccountId owner, BlockNumber block)
    {
        if (state.LastSwapBatch != 0 && state.Reservation?.Coldkey != owner) return null;
        Invariant.Holds(state.Record is null || state.Record.Owner == owner, "A hotkey is given to the coldkey that it was set aside for.");
        return state.Record is null ? new OwnerEnsured(owner, block) : null;
    }

    /// <summary>The event by which a hotkey takes over what a swap made of it; null when it has done so.</summary>
    public static KeysSwapped? TakeOver(ValidatorState state, HotkeyFacts? facts, ulong batch, BlockNumber block) =>
        batch > state.LastSwapBatch ? new KeysSwapped(facts?.ToRecord(), batch, block) : null;

    public static HotkeyFacts? Facts(ValidatorState state) => FactsOf(state, state.Record);

    /// <summary>The hotkey before every operation that belongs to this block or a later one.</summary>
    /// <exception cref="InvalidOperationException">It changed in a later block, and what it was in this one is not kept.</exception>
    public static HotkeyFacts? FactsAtStart(ValidatorState state, BlockNumber block)
    {
        if (state.LastChange is not { } last || last.Block < block) return Facts(state);
        return last.Block == block
            ? FactsOf(state, last.Before)
            : throw new InvalidOperationException($"Hotkey {state.Hotkey} changed in block {last.Block}; what it was at the start of block {block} is not kept.");
    }

    /// <summary>The event by which nothing is decided before this block any more; null when that holds already.</summary>
    public static StartTold? TellStart(ValidatorState state, BlockNumber block) => block > state.Seen ? new StartTold(block) : null;

    private static HotkeyFacts? FactsOf(ValidatorState state, HotkeyRecord? record) => record is null ? null : HotkeyFacts.Of(state.Hotkey, record);

    private static bool IsForHotkey(ValidatorState state, Call call) =>
        call.Hotkey == state.Hotkey && call.Kind is CallKind.IncreaseTake or CallKind.DecreaseTake or CallKind.TryAssociateHotkey;

    /// <summary>The block that the command belongs to: the highest that anyone involved has seen, so that it never runs backwards.</summary>
    private static BlockNumber BlockOf(ValidatorState state, BlockNumber seenBySender, BlockNumber head)
    {
        var block = seenBySender > head ? seenBySender : head;
        return block > state.Seen ? block : state.Seen;
    }

    private static (CallOutcome Outcome, HotkeyRecord? After) Execute(
        ValidatorState state, PoolCommand command, NetworkParameters parameters, BlockNumber now)
    {
        if (!IsForHotkey(state, command.Call)) return (CallOutcome.Refused(LedgerError.MalformedCall), null);

        var scope = new LedgerScope(new HotkeySource(state, parameters, now));
        var outcome = StakingCalls.Execute(scope, command.Head.Sender, command.Call);
        return outcome.IsOk && scope.ChangedHotkeys.Count > 0 ? (outcome, scope.ChangedHotkeys[0].Record) : (outcome, null);
    }

    private static ValidatorDecision.Decide Recorded(PoolCommand command, HotkeyOutcome outcome, HotkeyRecord? after)
    {
        var head = command.Head;
        return new(new HotkeyOperationDecided(head.Sender, head.Sequence, head.SettledBelow, head.LastValidBlock, outcome, after));
    }

    /// <summary>A ledger in which only this hotkey exists: the calls decided here read nothing else.</summary>
    private sealed class HotkeySource(ValidatorState state, NetworkParameters parameters, BlockNumber now) : ILedgerSource
    {
        public BlockNumber Block => now;
        public NetworkParameters Parameters => parameters;
        public IReadOnlyList<NetUid> Subnets => [];

        public bool TryGetBooks(NetUid netuid, [NotNullWhen(true)] out SubnetBooks? books)
        {
            books = null;
            return false;
        }

        public Tao GetFree(AccountId account) => throw Unknown();
        public HotkeyRecord? GetHotkey(AccountId hotkey) => hotkey == state.Hotkey ? state.Record : throw Unknown();
        public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey) => throw Unknown();
        public SafeFloat GetShare(PositionKey position) => throw Unknown();

        private static InvalidOperationException Unknown() => new("A call decided by a hotkey's actor read more than the hotkey.");
    }
}
