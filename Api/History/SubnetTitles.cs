using Dtao.Api.ReadSide;
using Dtao.Economics;

namespace Dtao.Api.History;

/// <summary>What a subnet is called.</summary>
/// <param name="Name">The name by which it presents itself; where it does not, the registry's.</param>
/// <param name="Symbol">Of its token.</param>
internal sealed record SubnetTitle(NetUid Netuid, string Name, string Symbol);

/// <summary>The subnets that there are, ascending.</summary>
internal sealed class SubnetTitles
{
    private readonly Dictionary<NetUid, SubnetTitle> _titles;

    private SubnetTitles(IEnumerable<SubnetTitle> titles) => _titles = titles.ToDictionary(title => title.Netuid);

    public IEnumerable<SubnetTitle> All => _titles.Values.OrderBy(title => title.Netuid);

    /// <summary>Of one that is gone, only what its number tells.</summary>
    public SubnetTitle this[NetUid netuid] => _titles.TryGetValue(netuid, out var title) ? title : new(netuid, $"subnet {netuid}", string.Empty);

    public bool Has(NetUid netuid) => _titles.ContainsKey(netuid);

    public static async Task<SubnetTitles> LoadAsync(ReadView view, CancellationToken cancellationToken) => new(await view.QueryAsync(
        """
        SELECT subnets.netuid, COALESCE(NULLIF(subnet_names.name, ''), subnets.name), subnets.symbol
        FROM subnets LEFT JOIN subnet_names ON subnet_names.netuid = subnets.netuid WHERE subnets.is_present = 1
        """,
        row => new SubnetTitle(new NetUid((ushort)row.GetInt64(0)), row.GetString(1), row.GetString(2)), cancellationToken).ConfigureAwait(false));
}
