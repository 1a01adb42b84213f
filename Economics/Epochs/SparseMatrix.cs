namespace Dtao.Economics.Epochs;

/// <summary>A matrix of proportions by row, each row a list of (column, value) in an order of its own, held in flat buffers that are reused.</summary>
/// <remarks>
/// Values are at least 0, and products and column sums stay below 2^31: an epoch's matrices hold proportions of 0 to 1, or
/// 16-bit integers taken as bits. Source: rule book 02, section 7 ("sparse rows of (uid, value) in stored order").
/// </remarks>
public sealed class SparseMatrix
{
    private int[] _starts = new int[1];
    private ushort[] _columns = [];
    private I32F32[] _values = [];

    /// <summary>The rows that are complete.</summary>
    public int RowCount { get; private set; }

    /// <summary>The entries of all complete rows.</summary>
    public int EntryCount => _starts[RowCount];

    /// <summary>Empties the matrix, and makes room for a number of rows.</summary>
    public void Reset(int rows)
    {
        if (_starts.Length <= rows) _starts = new int[rows + 1];
        RowCount = 0;
    }

    /// <summary>The columns of a row's entries.</summary>
    public ReadOnlySpan<ushort> Columns(int row) => _columns.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>The values of a row's entries.</summary>
    public Span<I32F32> Values(int row) => _values.AsSpan(_starts[row], _starts[row + 1] - _starts[row]);

    /// <summary>The columns of all entries, row after row.</summary>
    public ReadOnlySpan<ushort> AllColumns => _columns.AsSpan(0, EntryCount);

    /// <summary>The values of all entries, row after row.</summary>
    public Span<I32F32> AllValues => _values.AsSpan(0, EntryCount);

    /// <summary>Where a row's entries begin among all entries.</summary>
    public int Start(int row) => _starts[row];

    /// <summary>Opens the next row for up to a number of entries; <see cref="CloseRow"/> completes it.</summary>
    public SparseRow OpenRow(int entriesMax)
    {
        var start = EntryCount;
        if (_values.Length - start < entriesMax) Grow(start, entriesMax);
        return new SparseRow(_columns.AsSpan(start, entriesMax), _values.AsSpan(start, entriesMax));
    }

    /// <summary>Completes the row opened last, with the entries that were written.</summary>
    public void CloseRow(int written)
    {
        _starts[RowCount + 1] = EntryCount + written;
        RowCount++;
    }

    /// <summary>Adds a row without entries.</summary>
    public void AddEmptyRow() => CloseRow(0);

    /// <summary>Adds a row as it is given.</summary>
    public void AddRow(ReadOnlySpan<ushort> columns, ReadOnlySpan<I32F32> values)
    {
        var row = OpenRow(columns.Length);
        columns.CopyTo(row.Columns);
        values.CopyTo(row.Values);
        CloseRow(columns.Length);
    }

    /// <summary>Takes another matrix's rows.</summary>
    public void CopyFrom(SparseMatrix other)
    {
        Reset(other.RowCount);
        var count = other.EntryCount;
        if (_values.Length < count) Grow(0, count);
        other.AllColumns.CopyTo(_columns);
        other.AllValues.CopyTo(_values);
        other._starts.AsSpan(0, other.RowCount + 1).CopyTo(_starts);
        RowCount = other.RowCount;
    }

    private void Grow(int used, int more)
    {
        var length = Math.Max(used + more, _values.Length * 2);
        Array.Resize(ref _columns, length);
        Array.Resize(ref _values, length);
    }
}

/// <summary>The room of a row that is being written.</summary>
public readonly ref struct SparseRow(Span<ushort> columns, Span<I32F32> values)
{
    /// <summary>Where the columns go.</summary>
    public Span<ushort> Columns { get; } = columns;

    /// <summary>Where the values go, at the same positions.</summary>
    public Span<I32F32> Values { get; } = values;
}
