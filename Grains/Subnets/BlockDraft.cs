using Dtao.Economics;
using Dtao.Economics.Children;
using Dtao.Economics.Emission;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Economics.Locks;
using Dtao.Economics.Neurons;

namespace Dtao.Grains.Subnets;

/// <summary>One block on one subnet while it is made, in the order of the chain's block step.</summary>
/// <remarks>
/// Source: rule book 02, section 3. Nothing here is seen by anyone before <see cref="Finish"/>. Subnets touch each other in a block only through root, which
/// is told last.
/// </remarks>
public sealed class BlockDraft
{
    private readonly PoolState _state;
    private readonly LedgerScope _scope;
    private readonly ApplyBlock _command;
    private readonly SubnetBlockInput _input;
    private readonly Tao _consumed;
    private readonly EpochPot? _pot;

    private BlockDraft(PoolState state, LedgerScope scope, ApplyBlock command, in SubnetBlockInput input, Tao consumed, EpochPot? pot)
    {
        (_state, _scope, _command, _input, _consumed, _pot) = (state, scope, command, input, consumed, pot);
        if (pot is { } drained) Question = new EpochQuestion(state.Books!.Netuid, command.Block, drained.ForNeurons, EpochGather.Inputs(scope, state.Books.Netuid, drained));
    }

    /// <summary>What has to be asked for the epoch; null when none runs.</summary>
    public EpochQuestion? Question { get; }

    private NetUid Netuid => _state.Books!.Netuid;

    /// <summary>Everything up to the epoch.</summary>
    public static BlockDraft Begin(PoolState state, ApplyBlock command, EpochFacts facts)
    {
        var scope = new LedgerScope(new BlockSource(state, command, facts));
        var books = scope.Books(state.Books!.Netuid);
        var input = new SubnetBlockInput(
            command.Block, command.Emits ? new U96F32(command.TaoEmissionBits) : null, command.RootSell, command.RootTao, command.Parameters);
        SubnetBlock.Begin(books, command.Block);
        if (!command.KeepsSealed) WeightReveals.Run(scope, books.Netuid);
        var consumed = SubnetBlock.Emit(books, input).CreditConsumed;
        var pot = EpochSchedule.Drain(books, command.Block, command.Turn);
        if (pot is not null) OwnerChange.Apply(scope, books.Netuid);
        return new BlockDraft(state, scope, command, input, consumed, pot);
    }

    /// <summary>Pays the epoch out and ends the block.</summary>
    /// <param name="findings">The answer to <see cref="Question"/>; null when there was none.</param>
    public BlockApplied Finish(EpochFindings? findings)
    {
        var accruals = _pot is { } pot && findings is not null ? EpochPayout.Apply(_scope, Netuid, pot, findings) : [];
        foreach (var put in _command.Accruals) RootAccruals.Apply(_scope, put.Netuid, put.Accruals);
        var books = _scope.Books(Netuid);
        SubnetBlock.Complete(books, _input);
        if (!Netuid.IsRoot && books.LastEpochBlock == _command.Block.Value) PendingChildrenRule.Apply(_scope, Netuid);

        var changes = PoolDecider.ChangesOf(_state, _scope, []) with { Books = null };
        var isPlain = changes.IsPlain && changes.HotkeyPools.Count == 0 && changes.Shares.Count == 0;
        return new BlockApplied(_command.Block, _command.PlanHash, _consumed, books)
        {
            Changes = isPlain ? null : changes,
            Accruals = accruals,
            Gains = isPlain ? [] : BlockGains.Of(_state, changes, accruals, books),
        };
    }
}
