namespace Dtao.Api.Tests.TypeScript;

/// <summary>Where the client for TypeScript lies.</summary>
internal static class TypeScriptClient
{
    public static string Folder { get; } = Path.Combine(Root(), "clients", "typescript");

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Dtao.Orleans.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("The repository's root was not found.");
    }
}
