using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Dtao.Economics;
using Dtao.Economics.Emission;
using Dtao.Economics.Epochs;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Conformance;

/// <summary>Vectors of one epoch's payout: parents, parts for alpha and root, takes.</summary>
internal static class DividendTopic
{
    private static readonly NetUid s_subnet = new(1);

    public static void Check(VectorCase c)
    {
        var stakes = new EpochStakes(new VectorLedger(c), s_subnet);
        NeuronPay[] pays = [.. Rows(c, "emission").Select(row => new NeuronPay(Key(row[0]), new Alpha(row[1]), new Alpha(row[2])))];
        var pot = new EpochPot(
            new Alpha(c.ReadUInt64("pending_server")), new Alpha(c.ReadUInt64("pending_validator")), new Alpha(c.ReadUInt64("pending_root")), Alpha.Zero);

        var shared = ParentSplit.Of(stakes, pays);
        var parts = DividendParts.Of(stakes, EpochPayout.ForValidators(pot, pays), pot.Root, shared);

        c.Expect("recycled_alpha", shared.Burned.Rao);
        ExpectRows(c, "dividends", shared.ByHotkey.Select(entry => $"{Number(entry.Key)} {entry.Value.Bits}"));
        ExpectRows(c, "alpha_divs", parts.Select(part => Paid(stakes, part.Hotkey, part.FromAlpha)));
        ExpectRows(c, "root_divs", parts.Select(part => Paid(stakes, part.Hotkey, part.FromRoot)));
        c.Expect("withheld_proportion", Withheld(c, pays).Bits);
    }

    private static string Paid(EpochStakes stakes, AccountId hotkey, U96F32 pay)
    {
        var split = TakeSplit.Of(pay, stakes.TakeOf(hotkey));
        return $"{Number(hotkey)} {pay.Bits} {split.Take} {split.Rest}";
    }

    private static U96F32 Withheld(VectorCase c, NeuronPay[] pays)
    {
        var owners = c.Numbers<ulong>("owner_hotkeys").Select(Key).ToHashSet();
        Alpha withheld = Alpha.Zero, total = Alpha.Zero;
        foreach (var pay in pays)
        {
            total += pay.Incentive;
            if (owners.Contains(pay.Hotkey)) withheld += pay.Incentive;
        }

        return EpochPayout.WithheldProportion(withheld, total);
    }

    private static void ExpectRows(VectorCase c, string name, IEnumerable<string> actual) =>
        c.ExpectText(name, Join(c.Items(name).Select(row => string.Join(' ', Cells(row, name)))), Join(actual));

    private static string Join(IEnumerable<string> rows) => string.Join(", ", rows);

    private static ulong[][] Rows(VectorCase c, string name) =>
        [.. c.Items(name).Select(row => Cells(row, name).Select(cell => VectorCase.Parse<ulong>(cell, name)).ToArray())
            .Select(row => row.Length == 3 ? row : throw new MalformedVectorException($"a row of {name} has {row.Length} cells, not 3"))];

    private static IEnumerable<string> Cells(JsonElement row, string name) => VectorCase.Items(row, name).Select(cell => VectorCase.Text(cell, name));

    /// <summary>An account whose bytes sort as its number does.</summary>
    private static AccountId Key(ulong number)
    {
        Span<byte> bytes = stackalloc byte[AccountId.Length];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return new AccountId(bytes);
    }

    private static ulong Number(AccountId key) => BinaryPrimitives.ReadUInt64BigEndian(key.ToArray());

    /// <summary>The stakes, owners, takes, and links of a case; nothing else.</summary>
    private sealed class VectorLedger : ILedgerSource
    {
        private readonly ulong[] _alpha;
        private readonly ulong[] _root;
        private readonly ulong[] _owners;
        private readonly ushort[] _takes;
        private readonly Metagraph _metagraph;

        public VectorLedger(VectorCase c)
        {
            _alpha = c.Numbers<ulong>("alpha_stake");
            _root = c.Column<ulong>("root_stake", _alpha.Length);
            _owners = c.Column<ulong>("coldkey", _alpha.Length);
            _takes = c.Column<ushort>("take", _alpha.Length);
            Parameters = NetworkParameters.Default with { TaoWeight = c.ReadUInt64("tao_weight"), ChildBurn = c.ReadUInt64("ck_burn") };
            _metagraph = Metagraph.Empty with
            {
                ChildTakes = c.Column<ushort>("ck_take", _alpha.Length).Select((take, i) => KeyValuePair.Create(Key((ulong)i), take)).ToImmutableSortedDictionary(),
                Parents = Links(Rows(c, "parents"), owner: 0, other: 2),
                Children = Links(Rows(c, "parents"), owner: 2, other: 0),
            };
        }

        public BlockNumber Block => new(1);

        public NetworkParameters Parameters { get; }

        public IReadOnlyList<NetUid> Subnets => [s_subnet];

        public bool TryGetBooks(NetUid netuid, [NotNullWhen(true)] out SubnetBooks? books)
        {
            books = netuid == s_subnet ? new SubnetBooks { Netuid = netuid } : null;
            return books is not null;
        }

        public Tao GetFree(AccountId account) => Tao.Zero;

        public HotkeyRecord? GetHotkey(AccountId hotkey) =>
            new(Key(_owners[Number(hotkey)])) { StoredTake = new Take(_takes[Number(hotkey)]) };

        public HotkeyPool GetHotkeyPool(NetUid netuid, AccountId hotkey) =>
            new(new Alpha((netuid.IsRoot ? _root : _alpha)[Number(hotkey)]), SafeFloat.Zero);

        public SafeFloat GetShare(PositionKey position) => SafeFloat.Zero;

        public Metagraph GetMetagraph(NetUid netuid) => _metagraph;

        /// <summary>Rows are child, proportion, parent, in the order of insertion.</summary>
        private static ImmutableSortedDictionary<AccountId, ImmutableArray<ChildLink>> Links(ulong[][] rows, int owner, int other) => rows
            .GroupBy(row => Key(row[owner]))
            .ToImmutableSortedDictionary(group => group.Key, group => group.Select(row => new ChildLink(row[1], Key(row[other]))).ToImmutableArray());
    }
}
