using Dtao.Economics;
using Dtao.Grains.Validators;

namespace Dtao.Simulator.Tests.Simulation;

/// <summary>What a hotkey's actor answered, and after how many of its events.</summary>
internal readonly record struct HotkeyAnswer(HotkeyFacts? Facts, long Version);

/// <summary>A hotkey that a decision took for one that somebody owns, or nobody, and after how many of its events it had said so.</summary>
internal readonly record struct HotkeyBelief(AccountId Hotkey, long Version, bool IsOwned);

/// <summary>What an account held free, and after how many of its events.</summary>
internal readonly record struct FreeAnswer(Tao Free, long Version);

/// <summary>What one pool's decision rested on.</summary>
/// <param name="SenderVersion">How many events the sender had recorded when it sent the operation.</param>
internal sealed record DecisionBasis(long SenderVersion, IReadOnlyList<HotkeyBelief> Hotkeys);

/// <summary>What one batch of the lane rested on: how many events pools and senders had recorded.</summary>
internal sealed class BatchBasis
{
    public Dictionary<NetUid, long> Pools { get; } = [];

    public Dictionary<AccountId, long> Senders { get; } = [];

    public List<HotkeyBelief> Hotkeys { get; } = [];
}

/// <summary>What the simulator notes beside decisions, to find an order that explains them.</summary>
internal sealed class Observations
{
    private readonly List<DecisionBasis> _decisions = [];

    public Dictionary<ulong, BatchBasis> Batches { get; } = [];

    /// <returns>The number that is kept beside the decision's event.</returns>
    public long Note(DecisionBasis basis)
    {
        _decisions.Add(basis);
        return _decisions.Count - 1;
    }

    public DecisionBasis Decision(long note) => _decisions[(int)note];
}
