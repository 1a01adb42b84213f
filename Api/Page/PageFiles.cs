using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace Dtao.Api.Page;

/// <summary>The files of the page, which are part of the program: whoever has the one has the other.</summary>
/// <remarks>They are built from <c>Api/Page/app</c> into <c>Api/Page/wwwroot</c> and committed, so that a build of the program needs no Node.js.</remarks>
internal static class PageFiles
{
    private const string Prefix = "page/";

    private static readonly FrozenDictionary<string, string> s_types = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [".css"] = "text/css; charset=utf-8",
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".txt"] = "text/plain; charset=utf-8",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>By path, such as <c>/assets/index-1a2b3c4d.js</c>.</summary>
    public static IReadOnlyDictionary<string, PageFile> All { get; } = Read();

    /// <summary>What every address of the page answers; the page itself then looks where it is.</summary>
    public static PageFile Index { get; } = All["/index.html"];

    private static FrozenDictionary<string, PageFile> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name =>
        {
            // Folders are told apart as the machine that built the program does.
            var path = "/" + name[Prefix.Length..].Replace('\\', '/');
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return new PageFile(path, s_types[Path.GetExtension(path)], content, $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"");
        }).ToFrozenDictionary(file => file.Path, StringComparer.Ordinal);
    }
}

/// <summary>One file.</summary>
/// <param name="Path">From the root on.</param>
/// <param name="ContentType">What it is.</param>
/// <param name="Content">All of it.</param>
/// <param name="Tag">Changes with the content.</param>
internal sealed record PageFile(string Path, string ContentType, byte[] Content, string Tag)
{
    /// <summary>Whether the name has a hash of the content, so that what was once got under it stays right.</summary>
    public bool IsNamedByContent => Path.StartsWith("/assets/", StringComparison.Ordinal);
}
