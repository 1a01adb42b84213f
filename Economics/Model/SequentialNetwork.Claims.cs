using Dtao.Economics.Claims;
using Dtao.Economics.Ledger;

namespace Dtao.Economics.Model;

/// <summary>Automatic claims, and the index that they pick from.</summary>
public sealed partial class SequentialNetwork
{
    private readonly Func<BlockNumber, byte[]> _parentHash;
    private readonly List<AccountId> _claimIndex = [];
    private readonly Dictionary<AccountId, int> _claimPlaces = [];

    /// <summary>Coldkeys that automatic claims may pick, in the order of the chain's index.</summary>
    public IReadOnlyList<AccountId> ClaimIndex => _claimIndex;

    public bool IsClaimIndexed(AccountId coldkey) => _claimPlaces.ContainsKey(coldkey);

    /// <summary>Source: rule book 02, section 3, step 8. The picks are made before the first claim; no claim changes the index.</summary>
    private void RunAutoClaims()
    {
        if (Parameters.NumRootClaim == 0) return;
        foreach (var coldkey in AutoClaims.Coldkeys(_claimIndex, _parentHash(Block), Parameters.NumRootClaim))
        {
            var scope = new LedgerScope(this);
            if (AutoClaims.Run(scope, coldkey) == LedgerError.None) Take(scope);
        }
    }

    /// <summary>The last entry moves into the place of one that leaves.</summary>
    private void SetClaimIndexed(AccountId coldkey, bool isIn)
    {
        if (isIn)
        {
            if (_claimPlaces.TryAdd(coldkey, _claimIndex.Count)) _claimIndex.Add(coldkey);
            return;
        }

        if (!_claimPlaces.Remove(coldkey, out var place)) return;
        var last = _claimIndex[^1];
        _claimIndex.RemoveAt(_claimIndex.Count - 1);
        if (place == _claimIndex.Count) return;
        _claimIndex[place] = last;
        _claimPlaces[last] = place;
    }
}
