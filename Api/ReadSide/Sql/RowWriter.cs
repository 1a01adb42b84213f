namespace Dtao.Api.ReadSide.Sql;

/// <summary>Writes rows within one transaction, in the order in which they are given. Not safe for use by several threads.</summary>
internal abstract class RowWriter : IAsyncDisposable
{
    /// <summary>Writes one row, sooner or later; what a row did is there after <see cref="FlushAsync"/>.</summary>
    /// <param name="cells">By column; see <see cref="Cells"/>.</param>
    public abstract void Write(ReadTable table, params ReadOnlySpan<object> cells);

    /// <summary>Has everything written.</summary>
    public abstract Task FlushAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
