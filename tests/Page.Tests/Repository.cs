namespace Dtao.Page.Tests;

/// <summary>The repository's own files, seen from a built test.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    public static string PathOf(string path) => Path.Combine(Root, path);

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Dtao.Orleans.sln"))) directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException("The tests do not run inside the repository.");
    }
}
