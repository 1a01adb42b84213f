using Dtao.Hosting.Genesis;
using Dtao.Silo.Configuration;

namespace Dtao.Silo.Running;

/// <summary>Finds the genesis of a new network: the user's document, the chain's snapshot, or the demo.</summary>
internal static class GenesisSource
{
    private const int FaultsShownMax = 1_000;

    /// <returns>Null when it is faulty or cannot be read; why is on the error output by then.</returns>
    public static async Task<GenesisDocument?> Load(SiloOptions options, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            if (options.GenesisFile is { } document) return await FromDocument(document, output, error, cancellationToken);
            if (options.SnapshotFile is { } snapshot) return await FromSnapshot(snapshot, options, output, error, cancellationToken);
            return DemoGenesis.Create();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(unreadable.Message);
            return null;
        }
    }

    /// <summary>What the ledger began with, as it was kept beside the database; null when the copy is gone.</summary>
    public static async Task<GenesisDocument?> LoadCopy(SiloOptions options, CancellationToken cancellationToken) =>
        File.Exists(options.GenesisCopyFile) ? (await GenesisDocumentReader.ReadFile(options.GenesisCopyFile, cancellationToken)).Document : null;

    private static async Task<GenesisDocument?> FromDocument(string path, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var result = await GenesisDocumentReader.ReadFile(path, cancellationToken);
        await Show(path, result.Faults, error);
        return result.Document;
    }

    private static async Task<GenesisDocument?> FromSnapshot(string path, SiloOptions options, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
        var result = await SnapshotImport.Read(
            stream,
            new() { Source = Path.GetFileName(path), Subnets = SnapshotImportOptions.DefaultSubnets(options.ImportedSubnets) },
            cancellationToken);
        await Show(path, result.Faults, error);
        var figures = result.Figures;
        if (result.Document is not null)
        {
            await output.WriteLineAsync($"Imported {figures.Coldkeys} coldkeys with {figures.Hotkeys} hotkeys, {figures.HotkeysWithoutStake} of them without stake, and {figures.Balances} balances.");
            await output.WriteLineAsync($"Root stake {Display.FrameText.Amount(figures.Staked.Rao)} TAO, free {Display.FrameText.Amount(figures.Free.Rao)} TAO, minted for {options.ImportedSubnets} new subnets {Display.FrameText.Amount(figures.Minted.Rao)} TAO.");
        }
        return result.Document;
    }

    private static async Task Show(string path, IReadOnlyList<GenesisFault> faults, TextWriter error)
    {
        if (faults.Count == 0) return;
        await error.WriteLineAsync($"{path} has {faults.Count} {(faults.Count == 1 ? "fault" : "faults")}; nothing was written.");
        foreach (var fault in faults.Take(FaultsShownMax)) await error.WriteLineAsync($"  {fault}");
        if (faults.Count > FaultsShownMax) await error.WriteLineAsync($"  ... and {faults.Count - FaultsShownMax} more.");
    }
}
