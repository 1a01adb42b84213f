using System.Diagnostics;
using Dtao.TestKit;

namespace Dtao.Page.Tests;

/// <summary>The page's sources: what is committed is what they build to, and their own tests pass. Skipped without Node.js.</summary>
public sealed class SourceTests(SourceTests.Sources sources) : IClassFixture<SourceTests.Sources>
{
    [Fact]
    public async Task BuiltFiles_BuiltAgain_AreThoseOfTheRepository()
    {
        await sources.Require();

        await sources.Npm("run", "build");

        var built = Files(Path.Combine(sources.Folder, "Api", "Page", "wwwroot"));
        var kept = Files(Repository.PathOf("Api/Page/wwwroot"));
        Assert.Equal(kept.Keys, built.Keys);
        Assert.All(kept, file => Assert.True(file.Value.AsSpan().SequenceEqual(built[file.Key]), $"{file.Key} is not what the sources build to: run 'npm ci && npm run build' in Api/Page/app."));
    }

    [Fact]
    public async Task Logic_OfThePage_PassesItsOwnTests()
    {
        await sources.Require();

        var output = await sources.Npm("test");

        Assert.Contains("# fail 0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("# pass 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public void LockFile_NamesPackagesByContentOnly()
    {
        var text = File.ReadAllText(Repository.PathOf("Api/Page/app/package-lock.json"));

        Assert.DoesNotContain("\"resolved\"", text, StringComparison.Ordinal);
        Assert.Contains("\"integrity\"", text, StringComparison.Ordinal);
    }

    private static SortedDictionary<string, byte[]> Files(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllBytes),
        StringComparer.Ordinal);

    /// <summary>A copy of the sources, of the API's types, and of the packages that they need, made when the first test asks.</summary>
    public sealed class Sources : IAsyncLifetime
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dtao-page-sources-");
        private Task<string?>? _missing;

        public string Folder => _folder.FullName;

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        /// <summary>Skips the test where the sources cannot be built.</summary>
        public async Task Require()
        {
            var missing = await (_missing ??= Prepare());
            Assert.SkipWhen(missing is not null, missing ?? string.Empty);
        }

        /// <summary>Runs npm in the copy; what it printed.</summary>
        public async Task<string> Npm(params string[] arguments)
        {
            var (code, output) = await Run(arguments);
            Assert.True(code == 0, $"npm {string.Join(' ', arguments)} ended with {code}:\n{output}");
            return output;
        }

        public ValueTask DisposeAsync()
        {
            _folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }

        private async Task<string?> Prepare()
        {
            var isThere = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(place => File.Exists(Path.Combine(place, "npm")));
            if (!isThere) return "There is no npm here: the page's sources are not built again.";
            Copy(new DirectoryInfo(Repository.PathOf("Api/Page/app")), _folder.CreateSubdirectory("Api/Page/app"));
            var types = _folder.CreateSubdirectory("clients/typescript/src");
            File.Copy(Repository.PathOf("clients/typescript/src/schema.ts"), Path.Combine(types.FullName, "schema.ts"));
            var (code, output) = await Run(["ci", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"]);
            return code == 0 ? null : $"The packages of the page cannot be installed here: {output}";
        }

        private static void Copy(DirectoryInfo from, DirectoryInfo to)
        {
            foreach (var file in from.EnumerateFiles()) file.CopyTo(Path.Combine(to.FullName, file.Name));
            foreach (var folder in from.EnumerateDirectories().Where(folder => folder.Name != "node_modules")) Copy(folder, to.CreateSubdirectory(folder.Name));
        }

        private async Task<(int Code, string Output)> Run(string[] arguments)
        {
            var start = new ProcessStartInfo("npm", arguments)
            {
                WorkingDirectory = Path.Combine(Folder, "Api", "Page", "app"),
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            try
            {
                await process.WaitForExitAsync().WaitAsync(Patience.Max);
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"npm {string.Join(' ', arguments)} did not end. It said:\n{await output}\n{await error}");
            }

            return (process.ExitCode, await output + await error);
        }
    }
}
