using System.Globalization;
using System.IO.Hashing;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Dtao.Storage;

/// <summary>Turns grain ids and state names into names of blobs.</summary>
internal static class BlobNames
{
    /// <summary>The service's bound on a name.</summary>
    public const int LengthMax = 1_024;

    public static string Of(AzureBlobLayout layout, string serviceId, GrainId grain, string stateName)
    {
        if (layout == AzureBlobLayout.Orleans) return $"{stateName}-{grain}.json";
        var id = grain.ToString();
        // Refuses a lone surrogate, which would become a replacement character, and two states one.
        _ = StoreText.Encode(id);
        _ = StoreText.Encode(stateName);
        var name = $"{TableKeys.Escape(serviceId)}|{TableKeys.Escape(id)}|{TableKeys.Escape(stateName)}.bin";
        if (name.Length <= LengthMax) return name;
        // Three '|' mark it as shortened: a whole name has exactly two. 128 bits of hash keep those apart.
        var suffix = string.Create(CultureInfo.InvariantCulture, $"|||{XxHash128.HashToUInt128(StoreText.Encode(name)):x32}.bin");
        var start = name.AsSpan(0, LengthMax - suffix.Length);
        if (char.IsHighSurrogate(start[^1])) start = start[..^1];
        return $"{start}{suffix}";
    }
}
