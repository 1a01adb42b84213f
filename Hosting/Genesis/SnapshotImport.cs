using System.Numerics;
using System.Text.Json;
using Dtao.Client;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Hosting.Genesis;

/// <summary>A subnet that an import adds: its reserves are minted and so part of the issuance.</summary>
public sealed record AddedSubnet(string Name, string Symbol, Tao TaoReserve, Alpha AlphaReserve);

/// <summary>What an import adds to what the snapshot says.</summary>
public sealed record SnapshotImportOptions
{
    /// <summary>The reserve of TAO of an added subnet unless it is stated: 1,000 TAO.</summary>
    public static readonly Tao DefaultTaoReserve = new(1_000_000_000_000);

    /// <summary>The reserve of alpha of an added subnet unless it is stated: 50,000 alpha, a price of 0.02.</summary>
    public static readonly Alpha DefaultAlphaReserve = new(50_000_000_000_000);

    /// <summary>The chain's limit on subnets besides root.</summary>
    public const int SubnetsMax = 128;

    public string Name { get; init; } = "imported";
    /// <summary>Goes into the document as <see cref="GenesisDocument.ImportedFrom"/>.</summary>
    public string Source { get; init; } = "snapshot";
    public long BlockIntervalMilliseconds { get; init; } = GenesisDocument.DefaultBlockIntervalMilliseconds;
    /// <summary>Numbered from 1 in this order; owned by the snapshot's first coldkey with hotkeys.</summary>
    public IReadOnlyList<AddedSubnet> Subnets { get; init; } = [];

    /// <summary>A number of subnets with the default reserves.</summary>
    public static IReadOnlyList<AddedSubnet> DefaultSubnets(int count) =>
        [.. Enumerable.Range(1, count).Select(netuid => new AddedSubnet($"subnet {netuid}", $"α{netuid}", DefaultTaoReserve, DefaultAlphaReserve))];
}

/// <summary>What a snapshot held, counted while it was read.</summary>
/// <param name="Minted">TAO that the added subnets brought into existence.</param>
public sealed record SnapshotFigures(int Coldkeys, int Hotkeys, int HotkeysWithoutStake, int Balances, Tao Staked, Tao Free, Tao Minted);

/// <summary>The outcome of an import: a document and its figures, or every fault.</summary>
public sealed record SnapshotResult(GenesisDocument? Document, IReadOnlyList<GenesisFault> Faults, SnapshotFigures Figures);

/// <summary>
/// Makes a genesis of the chain's public snapshot, <c>{"stakes": {coldkey: {hotkey: [rao, uid]}}, "balances": {account: rao}}</c>.
/// As when dynamic TAO went live, existing stakes become root stake; balances become free TAO; a coldkey owns its hotkeys.
/// </summary>
/// <remarks>The file is read as a stream. A stake of 0 creates the hotkey and no stake. The uid is checked and not used: seats are a matter of epochs.</remarks>
public sealed class SnapshotImport
{
    private readonly JsonTokens _json;
    private readonly SnapshotImportOptions _options;
    private readonly FaultList _faults = new();
    private readonly List<DocumentBalance> _balances = [];
    private readonly List<DocumentHotkey> _hotkeys = [];
    private readonly List<DocumentStake> _stakes = [];
    private readonly Dictionary<AccountId, AccountId> _owners = [];
    private int _coldkeys;
    private int _hotkeysWithoutStake;

    private SnapshotImport(Stream stream, SnapshotImportOptions options)
    {
        _json = new(stream);
        _options = options;
    }

    public static async Task<SnapshotResult> Read(Stream stream, SnapshotImportOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Subnets.Count, SnapshotImportOptions.SubnetsMax);
        var import = new SnapshotImport(stream, options);
        try
        {
            await import.ReadSections(cancellationToken);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            var place = malformed is JsonException { LineNumber: { } line, BytePositionInLine: { } column } ? $" at line {line + 1}, byte {column + 1}" : string.Empty;
            import._faults.Add(JsonPath.Root, GenesisFaultCode.MalformedJson, $"Malformed JSON{place}.");
            return import.Failed();
        }
        return import.Close();
    }

    private async Task ReadSections(CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (!await OpenObject(JsonPath.Root, cancellationToken)) return;
        while (await NextName(cancellationToken) is { } name)
        {
            var path = JsonPath.Field(JsonPath.Root, name);
            if (name is not ("stakes" or "balances"))
            {
                _faults.Add(path, GenesisFaultCode.UnknownField, $"There is no field '{name}' here.{NameSuggestion.Sentence(name, ["stakes", "balances"])}");
                await SkipValue(cancellationToken);
                continue;
            }
            if (!seen.Add(name)) _faults.Add(path, GenesisFaultCode.DuplicateField, $"The field '{name}' stands twice.");
            if (name == "stakes") await ReadStakes(path, cancellationToken);
            else await ReadBalances(path, cancellationToken);
        }
        foreach (var section in (string[])["stakes", "balances"])
        {
            if (!seen.Contains(section)) _faults.Add(JsonPath.Field(JsonPath.Root, section), GenesisFaultCode.MissingField, $"The field '{section}' is missing.");
        }
        // Whatever follows the closing brace is malformed and told by the reader.
        await _json.Read(cancellationToken);
    }

    private async Task ReadBalances(string path, CancellationToken cancellationToken)
    {
        if (!await OpenObject(path, cancellationToken)) return;
        while (await NextName(cancellationToken) is { } name)
        {
            var place = JsonPath.Field(path, name);
            var account = Address(name, place);
            var rao = await Number(place, cancellationToken);
            if (account is { } holder && rao is { } free) _balances.Add(new(place, holder, new Tao(free)));
        }
    }

    private async Task ReadStakes(string path, CancellationToken cancellationToken)
    {
        var coldkeys = new HashSet<AccountId>();
        if (!await OpenObject(path, cancellationToken)) return;
        while (await NextName(cancellationToken) is { } name)
        {
            var place = JsonPath.Field(path, name);
            var coldkey = Address(name, place);
            if (coldkey is { } id && !coldkeys.Add(id)) _faults.Add(place, GenesisFaultCode.DuplicateAccount, "This coldkey stands twice.");
            _coldkeys++;
            await ReadHotkeys(coldkey, place, cancellationToken);
        }
    }

    private async Task ReadHotkeys(AccountId? coldkey, string path, CancellationToken cancellationToken)
    {
        if (!await OpenObject(path, cancellationToken)) return;
        while (await NextName(cancellationToken) is { } name)
        {
            var place = JsonPath.Field(path, name);
            var hotkey = Address(name, place);
            var rao = await StakeAndUid(place, cancellationToken);
            if (coldkey is not { } owner || hotkey is not { } id || rao is not { } amount) continue;
            if (_owners.TryGetValue(id, out var other))
            {
                _faults.Add(place, other == owner ? GenesisFaultCode.DuplicateHotkey : GenesisFaultCode.HotkeyOwnedTwice,
                    other == owner ? "This hotkey stands twice." : $"This hotkey is owned by {Ss58.Encode(other)} already.");
                continue;
            }
            _owners.Add(id, owner);
            _hotkeys.Add(new(place, id, owner, Take.Default));
            if (amount == 0) _hotkeysWithoutStake++;
            else _stakes.Add(new(place, id, owner, NetUid.Root, new Alpha(amount)));
        }
    }

    /// <summary>Reads <c>[rao, uid]</c> and answers the rao.</summary>
    private async Task<ulong?> StakeAndUid(string path, CancellationToken cancellationToken)
    {
        await _json.Read(cancellationToken);
        if (_json.Type != JsonTokenType.StartArray) return await WrongShape<ulong>(path, "a list of stake and uid", cancellationToken);
        var rao = default(ulong?);
        var count = 0;
        while (await _json.Read(cancellationToken) && _json.Type != JsonTokenType.EndArray)
        {
            var place = JsonPath.Item(path, count);
            if (count == 0) rao = await NumberHere(place, ulong.MaxValue, cancellationToken);
            else if (count == 1) await NumberHere(place, ushort.MaxValue, cancellationToken);
            else await _json.Skip(cancellationToken);
            count++;
        }
        if (count == 2) return rao;
        _faults.Add(path, GenesisFaultCode.WrongType, $"Expected a list of stake and uid, found one of {count}.");
        return null;
    }

    private async Task<ulong?> Number(string path, CancellationToken cancellationToken)
    {
        await _json.Read(cancellationToken);
        return await NumberHere(path, ulong.MaxValue, cancellationToken);
    }

    private async Task<ulong?> NumberHere(string path, ulong highest, CancellationToken cancellationToken)
    {
        if (_json.Type is not (JsonTokenType.Number or JsonTokenType.String)) return await WrongShape<ulong>(path, "a whole number", cancellationToken);
        return (ulong?)JsonFields.WholeNumber(_json.Text, path, BigInteger.Zero, highest, _faults);
    }

    private async Task<bool> OpenObject(string path, CancellationToken cancellationToken)
    {
        await _json.Read(cancellationToken);
        if (_json.Type == JsonTokenType.StartObject) return true;
        await WrongShape<ulong>(path, "an object", cancellationToken);
        return false;
    }

    private async Task<T?> WrongShape<T>(string path, string expected, CancellationToken cancellationToken) where T : struct
    {
        _faults.Add(path, GenesisFaultCode.WrongType, $"Expected {expected}.");
        await _json.Skip(cancellationToken);
        return null;
    }

    private async Task<string?> NextName(CancellationToken cancellationToken) =>
        await _json.Read(cancellationToken) && _json.Type == JsonTokenType.PropertyName ? _json.Text : null;

    private async Task SkipValue(CancellationToken cancellationToken)
    {
        await _json.Read(cancellationToken);
        await _json.Skip(cancellationToken);
    }

    private AccountId? Address(string text, string path)
    {
        var fault = Ss58.Decode(text, out var account);
        if (fault == AddressFault.None) return account;
        _faults.Add(path, AccountNames.CodeOf(fault), AccountName.Explain(fault, text.Length <= 80 ? text : text[..77] + "..."));
        return null;
    }

    private SnapshotResult Failed() => new(null, _faults.Faults, Figures());

    private SnapshotResult Close()
    {
        var document = new GenesisDocument
        {
            Name = _options.Name,
            NetworkId = _options.Name,
            BlockIntervalMilliseconds = _options.BlockIntervalMilliseconds,
            ImportedFrom = _options.Source,
            Balances = _balances,
            Hotkeys = _hotkeys,
            Subnets = [Root(), .. _options.Subnets.Select(Added)],
            Stakes = _stakes,
        };
        var result = GenesisValidator.Check(document, _faults);
        return new(result.Document, result.Faults, Figures());
    }

    private static DocumentSubnet Root() => new("$.subnets[0]", new SubnetBooks { Netuid = NetUid.Root, Mechanism = 0, SubtokenEnabled = true })
    {
        Name = "root",
        Symbol = "τ",
    };

    private DocumentSubnet Added(AddedSubnet subnet, int index)
    {
        var owner = _hotkeys.FirstOrDefault();
        var netuid = new NetUid((ushort)(index + 1));
        var books = new SubnetBooks
        {
            Netuid = netuid,
            TaoReserve = subnet.TaoReserve,
            AlphaReserve = subnet.AlphaReserve,
            Owner = owner?.Owner,
            OwnerHotkey = owner?.Hotkey,
            MovingPrice = GenesisPrices.Of(subnet.TaoReserve, subnet.AlphaReserve),
            FirstEmissionBlock = new BlockNumber(1),
            SubtokenEnabled = true,
            SwapInitialised = true,
        };
        return new(JsonPath.Item("$.subnets", index + 1), books) { Name = subnet.Name, Symbol = subnet.Symbol };
    }

    private SnapshotFigures Figures() => new(
        _coldkeys, _hotkeys.Count, _hotkeysWithoutStake, _balances.Count, Sum(_stakes.Select(stake => stake.Amount.Rao)),
        Sum(_balances.Select(balance => balance.Free.Rao)), Sum(_options.Subnets.Select(subnet => subnet.TaoReserve.Rao)));

    private static Tao Sum(IEnumerable<ulong> amounts) => new(amounts.Aggregate(0UL, SaturatingMath.Add));
}
