namespace Dtao.LoadTest.Reports;

/// <summary>The files of a report.</summary>
internal static class ReportFiles
{
    /// <summary>Whether a report can be written there later. What is there is left as it is, and nothing is left where nothing was.</summary>
    /// <exception cref="LoadUsageException">It cannot.</exception>
    public static void Check(FileInfo? file)
    {
        if (file is null) return;
        try
        {
            var wasThere = File.Exists(file.FullName);
            using (new FileStream(file.FullName, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite))
            {
            }

            if (!wasThere) File.Delete(file.FullName);
        }
        catch (Exception caught) when (caught is IOException or UnauthorizedAccessException)
        {
            throw new LoadUsageException($"The report cannot be written: {caught.Message}");
        }
    }

    /// <exception cref="LoadBrokenException">It cannot be written, though it could when the run began.</exception>
    public static async Task WriteAsync(FileInfo? file, Func<string> text)
    {
        if (file is null) return;
        try
        {
            await File.WriteAllTextAsync(file.FullName, text(), CancellationToken.None);
        }
        catch (Exception caught) when (caught is IOException or UnauthorizedAccessException)
        {
            throw new LoadBrokenException($"The report could not be written: {caught.Message}");
        }
    }
}
