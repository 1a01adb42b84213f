using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Lanes;
using Dtao.Grains.Registry;
using Dtao.Grains.Shell;
using Dtao.Grains.Stakers;
using Xunit;
using static Dtao.Grains.Tests.ModelBytes;

namespace Dtao.Grains.Tests.GoldenBytes;

/// <summary>What <see cref="GoldenBytesTests"/> says of records, of the forms that they have when symbols and identities change.</summary>
public class TextBytesTests
{
    private static readonly OperationId s_id = new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11));
    private static readonly BlockNumber s_block = new(300);
    private static readonly ColdkeyIdentityDetail s_identity = new("name τ", "url", "repository", "image", "", "description", "more");
    private static readonly KeyNotice s_gone = new([Account(1)], [], [], EndsColdkeySwap: true) { Identity = new IdentityChange(null, 17) };
    private static readonly KeyNotice s_come = new([], [Account(1)], [Account(1)], EndsColdkeySwap: false) { Identity = new IdentityChange(s_identity, ulong.MaxValue) };
    private static readonly Receipt s_receipt = Receipt.Of(s_id, CallOutcome.Done, s_block, 6, null);
    private static readonly NetworkChange s_symbols = new([], [], null, 0, 0) { Symbols = [new SymbolChange(new NetUid(1), "γ"), new SymbolChange(new NetUid(300), "t")] };

    private static readonly BatchDecided s_symbolBatch = new(
        (1UL << 32) + 1, s_block,
        [new LaneDecision(Account(4), 15, 14, s_block, new Call { Kind = CallKind.UpdateSymbol, Netuid = new NetUid(1), Detail = new SymbolDetail("γ") }, CallOutcome.Done, 0, 8)],
        [], [], [])
    {
        Network = s_symbols,
    };

    private static readonly BatchDecided s_swapBatch = new(
        (1UL << 32) + 2, s_block, [new LaneDecision(Account(4), 15, 14, s_block, new Call { Kind = CallKind.SwapColdkeyAnnounced, ToColdkey = Account(5) }, CallOutcome.Done, -7, 8)],
        [], [new LaneCredit(9, Account(4), Tao.Zero) { Keys = s_gone }, new LaneCredit(10, Account(5), new Tao(11)) { Keys = s_come }, new LaneCredit(11, Account(6), new Tao(12))], [])
    {
        Records = [(Account(1), new HotkeyRecord(Account(5)))],
    };

    private static readonly Dictionary<string, GoldenRecord> s_records = new GoldenRecord[]
    {
        Event("Settled", AccountModel.Instance, new OperationSettled(15, s_receipt, 0, s_block, Tao.Zero, 0) { Identity = s_identity }),
        Event("SettledWithFee", AccountModel.Instance, new OperationSettled(15, s_receipt, -3, s_block, Tao.Zero, 0)
        {
            Identity = s_identity, Fee = new FeeDue(16, new OutgoingFee(Account(6), new Tao(3))),
        }),
        Event("CreditedGone", AccountModel.Instance, new TaoCredited(Account(4), 38, 37, s_block, new Tao(39), LedgerError.None, s_block) { Keys = s_gone }),
        Event("CreditedCome", AccountModel.Instance, new TaoCredited(Account(4), 38, 37, s_block, new Tao(39), LedgerError.None, s_block) { Keys = s_come }),
        Event("SymbolBatch", LaneModel.Instance, s_symbolBatch),
        Event("SwapBatch", LaneModel.Instance, s_swapBatch),
        Event("NetworkChanged", RegistryModel.Instance, new NetworkChanged(7, s_symbols)),
        State("LaneOfSymbols", LaneModel.Instance, new LaneState { Term = 1, LastBatch = s_symbolBatch.Batch, Undelivered = s_symbolBatch }),
        State("LaneOfSwap", LaneModel.Instance, new LaneState { Term = 1, LastBatch = s_swapBatch.Batch, Undelivered = s_swapBatch }),
        State("Account", AccountModel.Instance, new AccountState { Id = Account(4), Free = new Tao(5), Identity = s_identity, IdentitySetBy = 6 }),
    }.ToDictionary(record => record.Name);

    private static readonly Dictionary<string, string> s_fixtures = File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "GoldenBytes", "texts-1.txt"))
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

    private static GoldenRecord Event<TState, TEvent>(string name, IActorModel<TState, TEvent> model, TEvent happened)
        where TEvent : class => new(typeof(TEvent), name, model.EventBytes(happened), bytes => model.EventBytes(model.ReadOne(bytes)));

    private static GoldenRecord State<TState, TEvent>(string name, IActorModel<TState, TEvent> model, TState state)
        where TState : class => new(typeof(TState), name, model.StateBytes(state), bytes => model.StateBytes(model.ReadSnapshot(bytes)));
}
