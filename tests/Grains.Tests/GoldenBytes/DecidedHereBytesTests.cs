using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.GoldenBytes;

/// <summary>What <see cref="GoldenBytesTests"/> says of records, of operations that an account decided by itself and whose call it keeps.</summary>
public class DecidedHereBytesTests
{
    private static readonly OperationId s_id = new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    private static readonly BlockNumber s_block = new(300);
    private static readonly Call s_call = new() { Kind = CallKind.Transfer, ToColdkey = Account(5), Amount = 16, KeepAlive = true };

    private static readonly OperationDecidedHere s_refused =
        new(s_id, 1, s_block, Receipt.Of(s_id, CallOutcome.Refused(LedgerError.FundsUnavailable), s_block, 6, null), s_block);

    private static readonly Dictionary<string, OperationDecidedHere> s_events = new()
    {
        ["Plain"] = s_refused with { Call = s_call },
        ["Signed"] = s_refused with { Call = s_call, Nonce = 70 },
        ["WithFee"] = s_refused with { Call = s_call, Paid = new Tao(3), Fee = new FeeDue(7, new OutgoingFee(Account(6), new Tao(3))) },
        ["WithAnnouncement"] = s_refused with
        {
            Call = new Call { Kind = CallKind.ClearColdkeySwapAnnouncement },
            Nonce = 70,
            Announcement = new(null),
            Paid = new Tao(3),
            DustSequence = 7,
        },
        ["Detailed"] = s_refused with { Call = new Call { Kind = CallKind.UpdateSymbol, Netuid = new NetUid(1), Detail = new SymbolDetail("t") } },
    };

    private static readonly Dictionary<string, string> s_fixtures = File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "GoldenBytes", "decided-1.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. s_events.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Event_WithItsCall_HasTheStoredBytesAndIsReadBack(string name)
    {
        var bytes = AccountModel.Instance.EventBytes(s_events[name]);

        Assert.Equal(s_fixtures.GetValueOrDefault(name), Convert.ToHexStringLower(bytes));
        var read = Assert.IsType<OperationDecidedHere>(AccountModel.Instance.ReadOne(bytes));
        Assert.Equal((s_events[name].Call, s_events[name].Nonce, s_events[name].Paid), (read.Call, read.Nonce, read.Paid));
        Assert.Equal(bytes, AccountModel.Instance.EventBytes(read));
    }

    /// <summary>The call stands before the event as it was stored without one, and changes nothing else of it.</summary>
    [Fact]
    public void Event_WithAndWithoutItsCall_DiffersByTheCallAlone()
    {
        foreach (var (name, happened) in s_events)
        {
            var (with, without) = (AccountModel.Instance.EventBytes(happened), AccountModel.Instance.EventBytes(happened with { Call = null }));
            // Behind the version, and the nonce where there is one.
            var end = without.AsSpan(happened.Nonce is null ? 1 : 3);

            Assert.True(with.AsSpan().EndsWith(end), name);
            Assert.Null(Assert.IsType<OperationDecidedHere>(AccountModel.Instance.ReadOne(without)).Call);
        }
    }

    [Fact]
    public void Next_RefusedByTheAccount_RecordsWhatWasCalled()
    {
        var state = new AccountState { Id = Account(4), Free = new Tao(1_000) };
        var operation = new Operation { Id = s_id, Signer = Account(4), Call = s_call with { Amount = 2_000 }, LastValidBlock = s_block };

        var decided = Assert.IsType<AccountDecision.Decide>(AccountDecider.Next(state, operation, NetworkParameters.Default, s_block)).Event;

        Assert.Equal(operation.Call, decided.Call);
        Assert.Equal(LedgerError.FundsUnavailable, decided.Receipt.Outcome!.Error);
        Assert.Equal(operation.Call, AccountDecider.StepBack(state, operation, s_block).Call);
    }
}
