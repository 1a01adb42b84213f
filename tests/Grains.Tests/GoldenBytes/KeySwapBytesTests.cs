using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Lanes;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Dtao.Grains.Validators;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.GoldenBytes;

/// <summary>What <see cref="GoldenBytesTests"/> says of records, of the forms that they have when keys are swapped.</summary>
public class KeySwapBytesTests
{
    private static readonly OperationId s_id = new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    private static readonly BlockNumber s_block = new(300);
    private static readonly ColdkeySwap s_swap = new(new BlockNumber(36_300), [.. Account(3).ToArray()], null);
    private static readonly KeyNotice s_notice = new([Account(1), Account(2)], [Account(3)], [Account(4)], EndsColdkeySwap: true);
    private static readonly Receipt s_receipt = Receipt.Of(s_id, CallOutcome.Done with { Paid = new Tao(5) }, s_block, 6, NetUid.Root);

    private static readonly BatchDecided s_batch = new(
        (1UL << 32) + 1, s_block, [new LaneDecision(Account(4), 15, 14, s_block, new Call { Kind = CallKind.SwapHotkey, Hotkey = Account(1), ToHotkey = Account(2) }, CallOutcome.Done, -7, 8)],
        [], [new LaneCredit(9, Account(5), Tao.Zero) { Keys = s_notice }, new LaneCredit(10, Account(6), new Tao(11))], [])
    {
        Records = [(Account(1), null), (Account(2), new HotkeyRecord(Account(4)) { StoredTake = new Take(12) })],
    };

    private static readonly Dictionary<string, GoldenRecord> s_records = new GoldenRecord[]
    {
        Event("Settled", AccountModel.Instance, new OperationSettled(15, s_receipt, -37, s_block, Tao.Zero, 0) { Announced = s_swap }),
        Event("DecidedHere", AccountModel.Instance, new OperationDecidedHere(s_id, 1, s_block, s_receipt, s_block) { Announcement = new(s_swap with { DisputedAt = s_block }) }),
        Event("Cleared", AccountModel.Instance, new OperationDecidedHere(s_id, 1, s_block, s_receipt, s_block) { Announcement = new(null) }),
        Event("DecidedHereWithFee", AccountModel.Instance, new OperationDecidedHere(s_id, 1, s_block, s_receipt, s_block)
        {
            Announcement = new(s_swap with { DisputedAt = s_block }), Paid = new Tao(3), Fee = new FeeDue(7, new OutgoingFee(Account(6), new Tao(3))),
        }),
        Event("Credited", AccountModel.Instance, new TaoCredited(Account(4), 38, 37, s_block, new Tao(39), LedgerError.None, s_block) { Keys = s_notice }),
        Event("Batch", LaneModel.Instance, s_batch),
        State("Lane", LaneModel.Instance, new LaneState { Term = 1, LastBatch = s_batch.Batch, Undelivered = s_batch }),
        State("Account", AccountModel.Instance, Announced()),
        State("Hotkey", ValidatorModel.Instance, new ValidatorState { Hotkey = Account(1), LastSwapBatch = 13 }),
    }.ToDictionary(record => record.Name);

    private static readonly Dictionary<string, string> s_fixtures = File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "GoldenBytes", "keys-1.txt"))
        .Select(line => line.Split(' '))
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. s_records.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Record_WrittenNow_IsTheStoredOneToTheByte(string name) =>
        Assert.Equal(s_fixtures.GetValueOrDefault(name), Convert.ToHexStringLower(s_records[name].Bytes));

    [Theory]
    [MemberData(nameof(Names))]
    public void Record_StoredBytes_AreReadWhole(string name)
    {
        var stored = Convert.FromHexString(s_fixtures[name]);

        Assert.Equal(stored, s_records[name].Rewrite(stored));
    }

    private static AccountState Announced()
    {
        var state = new AccountState { Id = Account(4), ColdkeySwap = s_swap };
        state.SendFee(7, new OutgoingFee(Account(6), new Tao(8)));
        AccountModel.Instance.Apply(state, new TaoCredited(Account(5), 38, 37, s_block, Tao.Zero, LedgerError.None, s_block) { Keys = s_notice with { EndsColdkeySwap = false } });
        return state;
    }

    private static GoldenRecord Event<TState, TEvent>(string name, IActorModel<TState, TEvent> model, TEvent happened)
        where TEvent : class => new(typeof(TEvent), name, model.EventBytes(happened), bytes => model.EventBytes(model.ReadOne(bytes)));

    private static GoldenRecord State<TState, TEvent>(string name, IActorModel<TState, TEvent> model, TState state)
        where TState : class => new(typeof(TState), name, model.StateBytes(state), bytes => model.StateBytes(model.ReadSnapshot(bytes)));
}
