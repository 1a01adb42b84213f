using Azure;
using Azure.Data.Tables;

namespace Dtao.Storage;

/// <summary>One conditional write of a row, ready to be sent.</summary>
internal sealed class TableWrite : IGatherableWrite
{
    public required RecordKey Key { get; init; }

    public required TableAddress Address { get; init; }

    public required RecordWriteKind Kind { get; init; }

    /// <summary>The new row; for a delete only its keys.</summary>
    public required TableEntity Entity { get; init; }

    /// <summary>The tag that the row must have; unset for an insert.</summary>
    public ETag ExpectedETag { get; init; }

    /// <summary>Names this write in the row, so that a lost answer can be looked up.</summary>
    public required Guid WriteId { get; init; }

    public required int BatchBytes { get; init; }

    public TableTransactionAction ToAction() => Kind switch
    {
        RecordWriteKind.Insert => new(TableTransactionActionType.Add, Entity),
        RecordWriteKind.Update => new(TableTransactionActionType.UpdateReplace, Entity, ExpectedETag),
        _ => new(TableTransactionActionType.Delete, Entity, ExpectedETag),
    };
}
