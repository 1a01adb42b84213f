using System.Text.Json;
using Dtao.Economics.Pools;
using Dtao.Economics.Tests.Vectors;
using Xunit;

namespace Dtao.Economics.Tests.Pools;

/// <summary>Maximum inputs: literal vectors from the reference's own tests.</summary>
public class PoolLimitVectorTests
{
    private const string File = "pool-limits.json";

    public static TheoryData<string> All => LiteralVector.Rows(File, _ => true);

    [Fact]
    public void File_IsComplete() => Assert.Equal(71, All.Count);

    [Theory]
    [MemberData(nameof(All))]
    public void MaximumInput_Vector_IsAsStated(string id)
    {
        var v = LiteralVector.Find(File, id);
        var limit = new LimitPrice(v.Number("limit_price"));
        var minimumReserve = v.Number("minimum_reserve", SwapInput.MinimumReserveDefault);

        var result = v.When switch
        {
            "get_max_amount_add" => MaximumInput.Add(PoolOf(v, v.Given), limit, minimumReserve),
            "get_max_amount_remove" => MaximumInput.Remove(PoolOf(v, v.Given), limit, minimumReserve),
            _ => MaximumInput.Move(
                PoolOf(v, v.Given.GetProperty("origin")), PoolOf(v, v.Given.GetProperty("destination")), limit, minimumReserve),
        };

        if (v.Expected.TryGetProperty("error", out var error)) Assert.Equal(error.GetString(), result.Error.ToString());
        else Assert.True(result.IsOk, $"{id} was refused with {result.Error}");
        v.Check("amount", result.Amount);
    }

    /// <summary>A pool by its reserves; a text, or a subnet named in one, is root or a stable subnet.</summary>
    private static PoolState PoolOf(LiteralVector v, JsonElement item) =>
        item.ValueKind == JsonValueKind.String || item.TryGetProperty("subnet", out _)
            ? new PoolState(false, default, default, Perquintill.Half, false, default)
            : new PoolState(
                true,
                new(item.GetProperty("tao_reserve").GetUInt64()),
                new(item.GetProperty("alpha_reserve").GetUInt64()),
                new(v.Number("quote_weight", Perquintill.Half.Parts)),
                true,
                new((ushort)v.Number("fee_rate", FeeRate.Default.Parts)));
}
