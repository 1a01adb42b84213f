using System.Collections.Immutable;
using Dtao.Economics;
using Dtao.Economics.Ledger;

namespace Dtao.Api.Writes;

/// <summary>The values of a call's fields, or of those of an object in it, each of the type that its field says.</summary>
internal sealed class CallValues(IReadOnlyDictionary<string, object?> values)
{
    public AccountId Account(string name) => (AccountId)values[name]!;

    public AccountId? OptionalAccount(string name) => (AccountId?)values[name];

    public NetUid Netuid(string name) => (NetUid)values[name]!;

    public NetUid? OptionalNetuid(string name) => (NetUid?)values[name];

    public ulong Number(string name, ulong otherwise = 0) => (ulong?)values[name] ?? otherwise;

    public ulong? OptionalNumber(string name) => (ulong?)values[name];

    public Tao Tao(string name) => new(Number(name));

    public Alpha Alpha(string name) => new(Number(name));

    public LimitPrice Limit(string name) => new(Number(name));

    public LimitPrice? OptionalLimit(string name) => OptionalNumber(name) is { } limit ? new LimitPrice(limit) : null;

    public ushort Short(string name) => (ushort)values[name]!;

    public Take Take(string name) => new(Short(name));

    public byte Byte(string name) => (byte?)values[name] ?? 0;

    public bool Flag(string name, bool otherwise = false) => (bool?)values[name] ?? otherwise;

    public string Text(string name) => (string?)values[name] ?? string.Empty;

    public string? OptionalText(string name) => (string?)values[name];

    public ImmutableArray<byte> Hash(string name) => [.. (byte[])values[name]!];

    public CallValues Object(string name) => (CallValues)values[name]!;

    public CallValues? OptionalObject(string name) => (CallValues?)values[name];

    public ImmutableArray<ushort> Shorts(string name) => [.. List<ushort>(name)];

    public IReadOnlyList<NetUid> Netuids(string name) => [.. List<NetUid>(name)];

    public IReadOnlyList<AccountId>? OptionalAccounts(string name) => values[name] is null ? null : [.. List<AccountId>(name)];

    public IEnumerable<CallValues> Objects(string name) => List<CallValues>(name);

    private IEnumerable<T> List<T>(string name) => ((IReadOnlyList<object?>?)values[name] ?? []).Select(item => (T)item!);
}
