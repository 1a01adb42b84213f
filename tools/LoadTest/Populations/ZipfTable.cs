namespace Dtao.LoadTest.Populations;

/// <summary>Draws places from 0 on, each with a likelihood that falls with a power of its rank.</summary>
internal sealed class ZipfTable
{
    private readonly ulong[] _sums;

    /// <param name="exponentThousandths">0 draws all places alike.</param>
    public ZipfTable(int places, int exponentThousandths)
    {
        var exponent = -(((long)exponentThousandths << IntegerPower.ExponentBits) / 1_000);
        _sums = new ulong[places];
        ulong sum = 0;
        for (var place = 0; place < places; place++)
        {
            sum += Math.Max(1, (ulong)IntegerPower.Raise((ulong)(place + 1) << IntegerPower.Bits, exponent));
            _sums[place] = sum;
        }
    }

    public int Pick(ulong draw)
    {
        var at = Math.BigMul(draw, _sums[^1], out _);
        var found = Array.BinarySearch(_sums, at + 1);
        return found >= 0 ? found : ~found;
    }
}
