using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Economics.Epochs;
using Dtao.Grains.Shell;
using Dtao.Grains.Validators;

namespace Dtao.Grains.Subnets;

/// <content>How a pool makes a block that has an epoch, and what root tells other pools for theirs.</content>
public sealed partial class SubnetPoolGrain
{
    private Task<bool>? _making;

    /// <summary>Makes a block once, also when it is asked for again meanwhile. The gate is closed: nothing else changes what it rests on.</summary>
    /// <returns>Whether an epoch was run.</returns>
    private async Task<bool> Make(ApplyBlock command)
    {
        if (_making is null)
        {
            if (!PoolDecider.NeedsFacts(State, command))
            {
                Record(PoolDecider.ApplyBlock(State, command, EpochFacts.None).Finish(null));
                return false;
            }

            _making = MakeWithEpoch(command);
        }

        try
        {
            return await _making;
        }
        finally
        {
            _making = null;
        }
    }

    private async Task<bool> MakeWithEpoch(ApplyBlock command)
    {
        var facts = await GatherForEpoch(command.Block);
        ThrowIfPoisoned();
        var draft = PoolDecider.ApplyBlock(State, command, facts);
        var findings = draft.Question is { } question ? await GrainFactory.Metagraph(this.GetPrimaryKeyLong()).RunEpoch(question) : null;
        ThrowIfPoisoned();
        Record(draft.Finish(findings));
        return findings is not null;
    }

    /// <summary>Owners, takes, and root stakes as they were when the block began. Root has closed for it and applies it last.</summary>
    private async Task<EpochFacts> GatherForEpoch(BlockNumber block)
    {
        var hotkeys = EpochNeeds.Of(State.Metagraph, State.Books!).ToArray();
        var records = Array.ConvertAll(hotkeys, hotkey => GrainFactory.Validator(hotkey).GetRecordAtStart(block));
        var stakes = await GrainFactory.Pool(NetUid.Root).GetStakesForEpoch(block, hotkeys);
        await Task.WhenAll(records);
        return EpochFacts.Of(hotkeys, stakes, Array.ConvertAll(records, record => record.Result?.ToRecord()));
    }

    public async Task<Tao[]> GetStakesForEpoch(BlockNumber block, AccountId[] hotkeys)
    {
        if (State.Books is null) return new Tao[hotkeys.Length];
        EndIfBehind(block);
        Invariant.Holds(State.LastBlock.Next == block && _gate.IsClosedForBlock, "Root answers for an epoch while the block is made that it is closed for.");
        var stakes = Array.ConvertAll(hotkeys, hotkey => new Tao(State.HotkeyPools.GetValueOrDefault(hotkey).Value.Rao));
        await Durable();
        return stakes;
    }
}
