using Dtao.Economics;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Subnets;

namespace Dtao.Simulator.Tests.Simulation;

/// <content>How a pool makes a block that has an epoch, and what root tells other pools for theirs.</content>
internal sealed partial class SimPool
{
    private Signal<bool>? _making;
    private EpochFindings? _oldFindings;

    public async Task<Tao[]> GetStakesForEpoch(BlockNumber block, AccountId[] hotkeys)
    {
        if (State.Books is null) return new Tao[hotkeys.Length];
        EndIfBehind(block);

        // The grain breaks its caller's block, which is made again.
        if (Bug != Bug.RootToldWithOthers && (State.LastBlock.Next != block || _closedForBlock is null)) throw new LateMessageException();
        var stakes = Array.ConvertAll(hotkeys, hotkey => new Tao(State.HotkeyPools.GetValueOrDefault(hotkey).Value.Rao));
        await Durable();
        return stakes;
    }

    public Task<bool> EndHold(BlockNumber block)
    {
        ConfirmHeld();
        OpenAfterBlock(block);
        return Task.FromResult(true);
    }

    private bool RepeatsBlock(ApplyBlock command) => Bug == Bug.RootToldTwice && command.Block == State.LastBlock && command.Accruals.Length > 0;

    /// <summary>Makes a block once, also when it is asked for again meanwhile.</summary>
    private async Task Make(ApplyBlock command)
    {
        if (!PoolDecider.NeedsFacts(State, command))
        {
            Record(PoolDecider.ApplyBlock(State, command, EpochFacts.None).Finish(null));
            return;
        }

        if (_making is { } making && Bug != Bug.EpochMadeTwice)
        {
            if (!await making.Wait()) throw new LateMessageException();
            return;
        }

        var own = _making = new Signal<bool>();
        var isMade = await MakeWithEpoch(command);
        _making = null;
        own.Set(isMade);
        if (!isMade) throw new LateMessageException();
    }

    /// <returns>False when somebody did not answer: the block is told again.</returns>
    private async Task<bool> MakeWithEpoch(ApplyBlock command)
    {
        if (await GatherForEpoch(command.Block) is not { } facts) return false;
        var draft = PoolDecider.ApplyBlock(State, command, facts);
        EpochFindings? findings = null;
        if (draft.Question is { } question)
        {
            var answer = await World.Call<SimMetagraph, EpochFindings>(this, World.MetagraphOf(netuid), "run epoch", metagraph => metagraph.RunEpoch(question));
            if (!answer.IsOk) return false;
            findings = Bug == Bug.AnswerOfOlderQuestion && _oldFindings?.Neurons.Length == answer.Value.Neurons.Length ? _oldFindings : answer.Value;
            _oldFindings = answer.Value;
        }

        var applied = draft.Finish(findings);
        if (Bug == Bug.EpochPaidBeforeBlock)
        {
            Record(applied with { Block = State.LastBlock, PlanHash = State.LastPlanHash });
            await Durable();
            applied = applied with { Changes = null };
        }

        Record(applied);
        return true;
    }

    /// <summary>Owners, takes, and root stakes as they were when the block began.</summary>
    private async Task<EpochFacts?> GatherForEpoch(BlockNumber block)
    {
        var hotkeys = EpochNeeds.Of(State.Metagraph, State.Books!).ToArray();
        var records = new HotkeyRecord?[hotkeys.Length];
        Reply<Tao[]> stakes = default;
        var isWhole = true;
        await Task.WhenAll([AskRoot(), .. hotkeys.Select(Ask)]);
        return stakes.IsOk && isWhole ? EpochFacts.Of(hotkeys, stakes.Value, records) : null;

        async Task AskRoot() =>
            stakes = await World.Call<SimPool, Tao[]>(this, World.PoolOf(NetUid.Root), "stakes?", root => root.GetStakesForEpoch(block, hotkeys));

        async Task Ask(AccountId hotkey, int place)
        {
            var answer = await World.Call<SimValidator, HotkeyAnswer>(
                this, World.Validators[hotkey], "hotkey at start?", validator => validator.GetRecordAtStart(block));
            if (answer.IsOk) records[place] = answer.Value.Facts?.ToRecord();
            isWhole &= answer.IsOk;
        }
    }
}
