using System.Data.Common;
using Dtao.Api.ReadSide.Sql;
using Dtao.Economics;
using Dtao.Grains.Feed;
using Dtao.Grains.Wire;

namespace Dtao.Api.ReadSide.Ingest;

/// <summary>Turns the facts of one page into rows, within the transaction that also moves the cursor.</summary>
/// <remarks>
/// Nothing here depends on which facts share a page, nor on the order of facts of different actors: the same facts give the same tables, however they were cut.
/// What is now of an account, a hotkey's pool, or a share is written once for each page.
/// </remarks>
internal sealed partial class PageApplier(DbConnection connection, DbTransaction transaction, RowWriter writer, ReadPosition before)
{
    /// <summary>Of how many accounts at once what they have is asked for.</summary>
    private const int AccountsAtOnce = 200;

    private ulong _head = before.Head;

    /// <summary>Writes all rows of the page.</summary>
    /// <returns>The newest block whose header is here, and the newest that is complete.</returns>
    public async Task<(ulong Head, ulong Complete)> ApplyAsync(FeedPage page, CancellationToken cancellationToken)
    {
        await LoadHeads(cancellationToken).ConfigureAwait(false);
        await LoadAccounts(page.Facts, cancellationToken).ConfigureAwait(false);
        await LoadSettings(page.Facts, cancellationToken).ConfigureAwait(false);
        await LoadRootGains(page.Facts, cancellationToken).ConfigureAwait(false);
        await LoadSeats(page.Facts, cancellationToken).ConfigureAwait(false);
        foreach (var fact in page.Facts) await Apply(fact, cancellationToken).ConfigureAwait(false);

        await WriteAccounts(cancellationToken).ConfigureAwait(false);
        WritePoolEvents();
        WriteTotals();
        await WriteStakesNow(cancellationToken).ConfigureAwait(false);
        WriteHeads();
        WriteSettingsNow();
        WriteRootGainsNow();
        await WriteSeatsNow(cancellationToken).ConfigureAwait(false);
        await WritePrices(cancellationToken).ConfigureAwait(false);
        var complete = page.IsAtEnd ? _head : await CompleteBlock(cancellationToken).ConfigureAwait(false);
        await ForgetBars(complete, cancellationToken).ConfigureAwait(false);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        return (_head, complete);
    }

    private async Task Apply(LedgerFact fact, CancellationToken cancellationToken)
    {
        switch (fact)
        {
            case StakeMovedFact moved:
                Apply(moved);
                break;
            case HotkeyPoolAfterFact pool:
                Apply(pool);
                break;
            case ShareAfterFact share:
                Apply(share);
                break;
            case SubnetAfterFact subnet:
                Apply(subnet);
                break;
            case CallDecidedFact decided:
                Apply(decided);
                break;
            case TaoChangedFact changed:
                Apply(changed);
                break;
            case StakeGainedFact gained:
                Apply(gained);
                break;
            case OperationBegunFact begun:
                Apply(begun);
                break;
            case OperationEndedFact ended:
                await Apply(ended, cancellationToken).ConfigureAwait(false);
                break;
            case AccountBeganFact began:
                Apply(began);
                break;
            case BlockClosedFact closed:
                Apply(closed);
                break;
            case HotkeyAfterFact hotkey:
                Apply(hotkey);
                break;
            case DelegateMadeFact made:
                writer.Write(ReadSchema.HotkeyTakes, Cells.Of(made.Hotkey), Cells.Of(made.Source.Event), BlockOf(made), Cells.Of((int)made.Take));
                break;
            case LaneCreditFact credit:
                writer.Write(
                    ReadSchema.LaneCredits, Cells.Of(credit.Sequence), Cells.Of(credit.Source.Event), Cells.Of(credit.Source.Place), Cells.Of(credit.Batch),
                    Cells.Of(credit.Account), Cells.Of(credit.Amount.Rao));
                break;
            case DividendsClaimedFact claimed:
                WriteLaneDecision(claimed, claimed.Batch, Economics.Ledger.CallKind.ClaimRoot, NetUid.Root, claimed.Coldkey, 0);
                break;
            case SubnetEndedFact ended:
                await Apply(ended, cancellationToken).ConfigureAwait(false);
                break;
            case SubnetIdentityAfterFact identity:
                WriteName(identity.Netuid, identity.Source.Event, identity.Identity?.Name);
                break;
            case NeuronAfterFact neuron:
                await Apply(neuron, cancellationToken).ConfigureAwait(false);
                break;
            case NeuronCountAfterFact count:
                Apply(count);
                break;
            case NetworkBeganFact network:
                await Apply(network, cancellationToken).ConfigureAwait(false);
                break;
            case SubnetsChangedFact changed:
                await Apply(changed, cancellationToken).ConfigureAwait(false);
                break;
            case ParametersAfterFact parameters:
                await Apply(parameters, cancellationToken).ConfigureAwait(false);
                break;
            default:
                // What the read side shows nothing of: announcements, settings on their way, and whatever kind a later ledger tells.
                break;
        }
    }

    private void Apply(BlockClosedFact closed)
    {
        var header = closed.Header;
        _head = Math.Max(_head, header.Number.Value);
        _newBlocks.Add((header.Number.Value, header.ClosedAt));
        writer.Write(
            ReadSchema.Blocks, Cells.Of(header.Number.Value), Cells.Of(header.Hash), Cells.Of(header.ParentHash), Cells.Of(header.StateRoot), Cells.Of(header.Emission.Rao),
            Cells.Of(header.Recycled.Rao), Cells.Of(header.TotalIssuance.Rao), Cells.Of(closed.BalancesIssuance.Rao), Cells.Of(header.RuleSet), Cells.Of(header.Subnets),
            Cells.Of(header.ClosedAt), Cells.Of(string.Join(',', header.CloseMicroseconds)));
    }

    private void Apply(HotkeyAfterFact after) => writer.Write(
        ReadSchema.Hotkeys, Cells.Of(after.Hotkey), Cells.Of(after.Source.Event), BlockOf(after), Cells.Of(after.Facts?.Owner),
        after.Facts?.StoredTake is { } take ? Cells.Of((int)take) : DBNull.Value);

    private void WriteLaneDecision(LedgerFact fact, ulong batch, Economics.Ledger.CallKind kind, NetUid netuid, AccountId signer, ulong sequence) => writer.Write(
        ReadSchema.LaneDecisions, Cells.Of(batch), Cells.Of(fact.Source.Event), Cells.Of(fact.Source.Place), BlockOf(fact), Cells.Of((int)kind), Cells.Of(netuid),
        Cells.Of(signer), Cells.Of(sequence));

    private static object BlockOf(LedgerFact fact) => Cells.Of(fact.Block?.Value ?? 0);
}
