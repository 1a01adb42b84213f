using System.Globalization;
using Dtao.Api.ReadSide.Ingest;
using Dtao.Economics;
using Dtao.Economics.Fees;
using Dtao.Economics.Ledger;
using Dtao.Economics.Pools;
using Dtao.Grains;
using Dtao.Grains.Blocks;
using Dtao.Grains.Feed;
using Dtao.Grains.Registry;
using Dtao.Grains.Validators;

namespace Dtao.Api.Tests.ReadSide;

/// <summary>Facts written by hand, numbered as their actors would: shares and pools by the ledger's own arithmetic, prices as a test likes.</summary>
internal sealed class FactBook
{
    public const string Network = "made";

    /// <summary>The wall time of block 0, in milliseconds: a whole day.</summary>
    public const long Begin = 1_772_496_000_000;

    private const ushort TempoDefault = 360;

    private readonly Dictionary<string, (long Event, int Place)> _actors = [];
    private readonly Dictionary<(NetUid, AccountId), HotkeyPool> _pools = [];
    private readonly Dictionary<PositionKey, SafeFloat> _shares = [];
    private readonly Dictionary<AccountId, ulong> _free = [];
    private readonly Dictionary<AccountId, ulong> _sequences = [];
    private readonly Dictionary<NetUid, ushort> _tempos = [];
    private readonly Dictionary<NetUid, List<(AccountId Hotkey, ulong RegisteredAt)>> _seats = [];

    public List<LedgerFact> Facts { get; } = [];

    public ulong Block { get; private set; }

    public IReadOnlyDictionary<AccountId, ulong> Free => _free;

    public static AccountId Key(int number)
    {
        var bytes = new byte[AccountId.Length];
        bytes[0] = (byte)((number >> 8) & 0xFF);
        bytes[1] = (byte)(number & 0xFF);
        bytes[31] = 7;
        return new AccountId(bytes);
    }

    /// <summary>Rows that epochs have left.</summary>
    public int EpochRows { get; private set; }

    public IReadOnlyList<(AccountId Hotkey, ulong RegisteredAt)> Seats(NetUid netuid) => _seats.GetValueOrDefault(netuid) ?? [];

    public ushort Tempo(NetUid netuid) => _tempos.GetValueOrDefault(netuid, TempoDefault);

    /// <summary>A price in rao for one alpha, as U64F64.</summary>
    public static UInt128 Price(ulong rao) => ((UInt128)rao << 64) / 1_000_000_000;

    public Alpha Position(NetUid netuid, AccountId hotkey, AccountId coldkey) =>
        SharePool.Value(_pools.GetValueOrDefault((netuid, hotkey)), _shares.GetValueOrDefault(new PositionKey(netuid, hotkey, coldkey)));

    public FactBook Genesis(int subnets, params (AccountId Account, ulong Free)[] accounts)
    {
        var entries = Enumerable.Range(0, subnets + 1)
            .Select(netuid => new SubnetEntry(new NetUid((ushort)netuid), netuid, netuid == 0 ? "root" : string.Create(CultureInfo.InvariantCulture, $"net {netuid}"), netuid == 0 ? "τ" : "α"));
        Add("registry", 0, source => new NetworkBeganFact(new NetworkView("made", Network, "latest", 1, new NetworkParameters(), [.. entries], new Tao(0), 1_000)) { Source = source, Block = new(0) });
        foreach (var (account, free) in accounts)
        {
            _free[account] = free;
            Add($"account/{account}", 0, source => new AccountBeganFact(account, new Tao(free)) { Source = source, Block = new(0) });
        }

        foreach (var netuid in Enumerable.Range(0, subnets + 1))
        {
            Books(new NetUid((ushort)netuid), BooksChange.Genesis, Price(1_000_000_000), 0);
        }

        return this;
    }

    public FactBook Owner(AccountId hotkey, AccountId owner)
    {
        Happen($"validator/{hotkey}", source => new HotkeyAfterFact(hotkey, new HotkeyFacts(hotkey, owner, 11_796, new BlockNumber(Block))) { Source = source, Block = new(Block) });
        return this;
    }

    /// <summary>Ends a block on every subnet, with its price, and closes it so many milliseconds after the beginning.</summary>
    public FactBook Close(long after, params ulong[] prices)
    {
        Block++;
        for (var place = 0; place < prices.Length; place++) Books(new NetUid((ushort)(place + 1)), BooksChange.Block, Price(prices[place]), null);
        Books(NetUid.Root, BooksChange.Block, Price(1_000_000_000), null);
        return Header(after);
    }

    /// <summary>Closes the block whose subnets have been told one by one.</summary>
    public FactBook Header(long after)
    {
        var hash = new byte[32];
        BitConverter.TryWriteBytes(hash, Block);
        var header = new BlockHeader(new(Block), hash, new byte[32], new Tao(1_000_000_000), new Tao(0), new Tao(Block * 1_000_000_000), new byte[32], "latest", 2, Begin + after, [1, 2, 3, 4]);
        Happen("coordinator", source => new BlockClosedFact(header, new Tao(Block)) { Source = source, Block = new(Block) });
        return this;
    }

    public FactBook NextBlock()
    {
        Block++;
        return this;
    }

    public FactBook Books(NetUid netuid, BooksChange change, UInt128 price, long? happened, bool isEpoch = false)
    {
        var books = new SubnetBooks
        {
            Netuid = netuid,
            TaoReserve = new Tao(1_000_000 + Block),
            AlphaReserve = new Alpha(2_000_000 - Block),
            AlphaOutstanding = new Alpha(3_000_000),
            Volume = Block,
            Tempo = Tempo(netuid),
            FirstEmissionBlock = new(1),
            SubtokenEnabled = true,
            TaoInEmission = new Tao(10),
            AlphaInEmission = new Alpha(20),
            AlphaOutEmission = new Alpha(30),
        };
        LedgerFact Make(FactSource source) => new SubnetAfterFact(netuid, change, books, price, isEpoch) { Source = source, Block = new(Block) };
        if (happened is { } number) Add(PoolOf(netuid), number, Make);
        else Happen(PoolOf(netuid), Make);
        return this;
    }

    /// <summary>A stake (above 0) or an unstake of so much alpha, at a price after it, for so much TAO: all facts that pool and account tell of it.</summary>
    public OperationId Stake(AccountId coldkey, AccountId hotkey, NetUid netuid, long alpha, ulong tao, ulong priceAfter, OperationId? named = null)
    {
        var sequence = Sequence(coldkey);
        var id = named ?? new OperationId(new Guid((int)sequence, 0, 0, coldkey.ToArray()[..8]));
        var call = new Call { Kind = alpha > 0 ? CallKind.AddStake : CallKind.RemoveStake, Hotkey = hotkey, Netuid = netuid, Amount = alpha > 0 ? tao : (ulong)-alpha };
        var move = new StakeMove(alpha > 0 ? StakeMoveKind.In : StakeMoveKind.Out, netuid, hotkey, coldkey, new Tao(tao), new Alpha((ulong)Math.Abs(alpha)), 5);
        var outcome = CallOutcome.Done with { Moves = [move] };
        var change = alpha > 0 ? -(long)tao : (long)tao;
        var account = $"account/{coldkey}";

        Happen(account, source => new OperationBegunFact(coldkey, sequence, id, call, new(Block + 64), new Tao(alpha > 0 ? tao : 0), null) { Source = source, Block = new(Block) });
        Change(netuid, hotkey, coldkey, alpha);
        var pool = PoolOf(netuid);
        var happened = Event(pool);
        Add(pool, happened, source => new CallDecidedFact(Decider.Pool, netuid, null, coldkey, sequence, call, outcome, change, (ulong)happened, 0) { Source = source, Block = new(Block) });
        Books(netuid, BooksChange.Operation, Price(priceAfter), happened);
        Add(pool, happened, source => new StakeMovedFact(coldkey, sequence, call.Kind, StakeMoveRow.Of(move), true, Price(priceAfter)) { Source = source, Block = new(Block) });
        TellStake(netuid, hotkey, coldkey, happened);
        End(coldkey, sequence, Receipt.Of(id, outcome, new(Block), (ulong)happened, netuid), change, TaoCause.Operation, netuid, id);
        return id;
    }

    public OperationId Send(AccountId from, AccountId to, ulong amount, ulong fee)
    {
        var sequence = Sequence(from);
        var id = new OperationId(new Guid((int)sequence, 1, 0, from.ToArray()[..8]));
        var call = new Call { Kind = CallKind.Transfer, ToColdkey = to, Amount = amount };
        var account = $"account/{from}";
        Happen(account, source => new OperationBegunFact(from, sequence, id, call, new(Block + 64), new Tao(amount + fee), null) { Source = source, Block = new(Block) });
        _free[to] = _free.GetValueOrDefault(to) + amount;
        Happen($"account/{to}", source => new TaoChangedFact(to, (long)amount, TaoCause.Account, from, null, null, sequence) { Source = source, Block = new(Block) });
        End(from, sequence, Receipt.Of(id, CallOutcome.Done, new(Block), 1, null), -(long)(amount + fee), TaoCause.Operation, null, id, new Tao(fee));
        return id;
    }

    /// <summary>An operation that the account decides by itself; its journal keeps the call, unless it is an old one.</summary>
    public OperationId DecideHere(AccountId account, Call call, LedgerError error, ulong fee = 0, bool isOld = false)
    {
        var actor = $"account/{account}";
        var happened = Event(actor);
        var id = new OperationId(new Guid((int)happened, 2, 0, account.ToArray()[..8]));
        var outcome = error == LedgerError.None ? CallOutcome.Done : CallOutcome.Refused(error);
        if (fee > 0) outcome = outcome with { Fee = TransactionFee.InTao(new Tao(fee)) };
        var receipt = Receipt.Of(id, outcome, new(Block), (ulong)happened, null);
        Add(actor, happened, source => new OperationEndedFact(account, 0, receipt, -(long)fee, Tao.Zero, new Tao(fee), null) { Call = isOld ? null : call, Source = source, Block = new(Block) });
        if (fee == 0) return id;
        _free[account] -= fee;
        Add(actor, happened, source => new TaoChangedFact(account, -(long)fee, TaoCause.Fee, null, null, id, 0) { Source = source, Block = new(Block) });
        return id;
    }

    /// <summary>An epoch: everybody on the hotkey gets a part of so much alpha.</summary>
    public FactBook Pay(NetUid netuid, AccountId hotkey, long alpha, ulong price)
    {
        _pools[(netuid, hotkey)] = SharePool.UpdateAll(_pools[(netuid, hotkey)], alpha);
        Block++;
        var happened = Event(PoolOf(netuid));
        Books(netuid, BooksChange.Block, Price(price), happened, isEpoch: true);
        var pool = _pools[(netuid, hotkey)];
        Add(PoolOf(netuid), happened, source => new HotkeyPoolAfterFact(netuid, hotkey, pool.Value, pool.Denominator) { Source = source, Block = new(Block) });
        for (var uid = 0; uid < Seats(netuid).Count; uid++) Tell(netuid, uid, happened, isNew: false, alpha + uid, new(Block));
        EpochRows += Seats(netuid).Count;
        Books(NetUid.Root, BooksChange.Block, Price(1_000_000_000), null);
        return this;
    }

    /// <summary>A stake from before anybody's operation.</summary>
    public FactBook PutStake(NetUid netuid, AccountId hotkey, AccountId coldkey, long alpha)
    {
        Change(netuid, hotkey, coldkey, alpha);
        TellStake(netuid, hotkey, coldkey, Event(PoolOf(netuid)));
        return this;
    }

    /// <summary>The block put something aside for each root TAO on the hotkey: a part of 2^64.</summary>
    public FactBook GainOfRoot(NetUid netuid, AccountId hotkey, UInt128 bits)
    {
        Happen(PoolOf(netuid), source => new StakeGainedFact(netuid, hotkey, 0, bits) { Source = source, Block = new(Block) });
        return this;
    }

    /// <summary>The subnet's owner sets its tempo; the price stays what is given.</summary>
    public FactBook SetTempo(NetUid netuid, AccountId owner, ushort tempo, ulong price)
    {
        _tempos[netuid] = tempo;
        var (pool, sequence) = (PoolOf(netuid), Sequence(owner));
        var happened = Event(pool);
        var call = new Call { Kind = CallKind.SetHyperparameter, Netuid = netuid, Parameter = "tempo", Value = tempo.ToString(CultureInfo.InvariantCulture) };
        Add(pool, happened, source => new CallDecidedFact(Decider.Pool, netuid, null, owner, sequence, call, CallOutcome.Done, 0, (ulong)happened, 0) { Source = source, Block = new(Block) });
        return Books(netuid, BooksChange.Operation, Price(price), happened);
    }

    /// <summary>A hotkey buys a uid: the next one, or one that somebody has.</summary>
    public FactBook Register(NetUid netuid, AccountId hotkey, AccountId owner, int uid, ulong paid, ulong price)
    {
        var (pool, sequence) = (PoolOf(netuid), Sequence(owner));
        var happened = Event(pool);
        var call = new Call { Kind = CallKind.RegisterNeuron, Netuid = netuid, Hotkey = hotkey };
        var outcome = CallOutcome.Done with { Uid = (ushort)uid, Paid = new Tao(paid) };
        Add(pool, happened, source => new CallDecidedFact(Decider.Pool, netuid, null, owner, sequence, call, outcome, -(long)paid, (ulong)happened, 0) { Source = source, Block = new(Block) });
        Books(netuid, BooksChange.Operation, Price(price), happened);
        var seats = SeatsOf(netuid);
        if (uid == seats.Count) seats.Add(default);
        seats[uid] = (hotkey, Block);
        if (uid + 1 == seats.Count) Add(pool, happened, source => new NeuronCountAfterFact(netuid, seats.Count) { Source = source, Block = new(Block) });
        Tell(netuid, uid, happened, isNew: true, 0, new(Block));
        return this;
    }

    /// <summary>A swap of keys gives a uid to another hotkey. The lane decided it, so its event has no block.</summary>
    public FactBook SwapSeat(NetUid netuid, int uid, AccountId hotkey)
    {
        SeatsOf(netuid)[uid] = (hotkey, SeatsOf(netuid)[uid].RegisteredAt);
        Tell(netuid, uid, Event(PoolOf(netuid)), isNew: true, 0, null);
        return this;
    }

    /// <summary>The subnet has fewer uids.</summary>
    public FactBook Trim(NetUid netuid, int count)
    {
        SeatsOf(netuid).RemoveRange(count, SeatsOf(netuid).Count - count);
        Happen(PoolOf(netuid), source => new NeuronCountAfterFact(netuid, count) { Source = source, Block = new(Block) });
        return this;
    }

    /// <summary>The network's parameters are set.</summary>
    public FactBook SetParameters(NetworkParameters parameters)
    {
        Happen("registry", source => new ParametersAfterFact(parameters) { Source = source, Block = new(Block) });
        return this;
    }

    /// <summary>Somebody has paid so much for a subnet; of the subnet itself nothing is told.</summary>
    public FactBook PayForSubnet(ulong rao)
    {
        Happen("registry", source => new SubnetsChangedFact(1, new NetworkChange([], [], new Tao(rao), Block, 0)) { Source = source, Block = new(Block) });
        return this;
    }

    /// <summary>The subnet goes; another one comes on its netuid in the same event.</summary>
    public FactBook Replace(NetUid netuid)
    {
        var happened = Event(PoolOf(netuid));
        Add(PoolOf(netuid), happened, source => new SubnetEndedFact(netuid) { Source = source });
        foreach (var key in _pools.Keys.Where(key => key.Item1 == netuid).ToArray()) _pools.Remove(key);
        foreach (var key in _shares.Keys.Where(key => key.Netuid == netuid).ToArray()) _shares.Remove(key);
        _tempos.Remove(netuid);
        _seats.Remove(netuid);
        Books(netuid, BooksChange.Registered, Price(500_000_000), happened);
        SeatsOf(netuid).Add((Key(61_000), Block));
        Add(PoolOf(netuid), happened, source => new NeuronCountAfterFact(netuid, 1) { Source = source, Block = new(Block) });
        Tell(netuid, 0, happened, isNew: true, 0, new(Block));
        Happen("registry", source => new SubnetsChangedFact(1, new NetworkChange([netuid], [netuid], new Tao(1), Block, 0)) { Source = source });
        return this;
    }

    /// <summary>All facts, of one actor after the other: what a store without an order over actors may give.</summary>
    public LedgerFact[] ByActor() => [.. Facts.OrderBy(fact => fact.Source.Event > 0).ThenByDescending(fact => fact.Source.Actor, StringComparer.Ordinal)];

    private void Change(NetUid netuid, AccountId hotkey, AccountId coldkey, long alpha)
    {
        var position = new PositionKey(netuid, hotkey, coldkey);
        var (pool, share) = SharePool.UpdateOne(_pools.GetValueOrDefault((netuid, hotkey)), _shares.GetValueOrDefault(position), alpha);
        _pools[(netuid, hotkey)] = pool;
        _shares[position] = share;
    }

    private List<(AccountId Hotkey, ulong RegisteredAt)> SeatsOf(NetUid netuid)
    {
        if (!_seats.TryGetValue(netuid, out var seats)) _seats.Add(netuid, seats = []);
        return seats;
    }

    /// <summary>Of a neuron the emission tells it apart, and its ranks are what it is.</summary>
    private void Tell(NetUid netuid, int uid, long happened, bool isNew, long emission, BlockNumber? block)
    {
        var (hotkey, registeredAt) = Seats(netuid)[uid];
        var part = (ushort)(emission % ushort.MaxValue);
        Add(PoolOf(netuid), happened, source => new NeuronAfterFact(
            netuid, (ushort)uid, isNew ? hotkey : null, new(registeredAt), true, uid == 0, part, part, part, part, part, new Alpha((ulong)emission), new(registeredAt))
        {
            Source = source,
            Block = block,
        });
    }

    private void TellStake(NetUid netuid, AccountId hotkey, AccountId coldkey, long happened)
    {
        var (pool, share) = (_pools[(netuid, hotkey)], _shares[new PositionKey(netuid, hotkey, coldkey)]);
        Add(PoolOf(netuid), happened, source => new HotkeyPoolAfterFact(netuid, hotkey, pool.Value, pool.Denominator) { Source = source, Block = new(Block) });
        Add(PoolOf(netuid), happened, source => new ShareAfterFact(netuid, hotkey, coldkey, share) { Source = source, Block = new(Block) });
    }

    private void End(AccountId account, ulong sequence, Receipt receipt, long change, TaoCause cause, NetUid? netuid, OperationId id, Tao fee = default)
    {
        _free[account] = (ulong)((long)_free.GetValueOrDefault(account) + change);
        var actor = $"account/{account}";
        var happened = Event(actor);
        Add(actor, happened, source => new OperationEndedFact(account, sequence, receipt, change, Tao.Zero, fee, null) { Source = source, Block = new(Block) });
        Add(actor, happened, source => new TaoChangedFact(account, change, cause, null, netuid, id, sequence) { Source = source, Block = new(Block) });
    }

    private ulong Sequence(AccountId account) => _sequences[account] = _sequences.GetValueOrDefault(account) + 1;

    private long Event(string actor) => _actors.GetValueOrDefault(actor).Event + 1;

    private void Happen(string actor, Func<FactSource, LedgerFact> make) => Add(actor, Event(actor), make);

    private void Add(string actor, long happened, Func<FactSource, LedgerFact> make)
    {
        var known = _actors.GetValueOrDefault(actor, (Event: -1, Place: 0));
        var place = known.Event == happened ? known.Place : 0;
        _actors[actor] = (Math.Max(happened, 0), place + 1);
        Facts.Add(make(new FactSource(actor, happened, place)));
    }

    private static string PoolOf(NetUid netuid) => string.Create(CultureInfo.InvariantCulture, $"pool/{netuid.Value:X8}");
}

/// <summary>A feed over facts that are all there: a cursor is the number of those that were read.</summary>
internal sealed class MadeFeed(IReadOnlyList<LedgerFact> facts, string network = FactBook.Network) : IFactSource
{
    public Task<FeedPage> ReadAsync(string? cursor, int factsMax, CancellationToken cancellationToken)
    {
        var from = cursor is null ? 0 : int.Parse(cursor, CultureInfo.InvariantCulture);
        var page = facts.Skip(from).Take(factsMax).ToArray();
        var next = from + page.Length;
        return Task.FromResult(new FeedPage(FeedStatus.Ok, page, next.ToString(CultureInfo.InvariantCulture), next == facts.Count, network, facts.Count - next));
    }
}
