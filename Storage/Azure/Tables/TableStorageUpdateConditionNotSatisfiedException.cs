namespace Orleans.Storage;

/// <summary>A row did not have the tag that the grain expected: somebody else wrote it. Nothing was written.</summary>
[GenerateSerializer]
[Alias("Orleans.Storage.TableStorageUpdateConditionNotSatisfiedException")]
public class TableStorageUpdateConditionNotSatisfiedException : InconsistentStateException
{
    /// <inheritdoc/>
    public TableStorageUpdateConditionNotSatisfiedException()
    {
    }

    /// <inheritdoc/>
    public TableStorageUpdateConditionNotSatisfiedException(string msg)
        : base(msg)
    {
    }

    /// <inheritdoc/>
    public TableStorageUpdateConditionNotSatisfiedException(string msg, Exception exc)
        : base(msg, exc)
    {
    }

    /// <summary>Names the record, the tag that is stored, and the tag that was expected.</summary>
    public TableStorageUpdateConditionNotSatisfiedException(
        string errorMsg, string grainType, string grainId, string tableName, string storedEtag, string currentEtag)
        : base(errorMsg, storedEtag, currentEtag)
    {
        GrainType = grainType;
        GrainId = grainId;
        TableName = tableName;
    }

    /// <summary>Whose record it is.</summary>
    [Id(0)]
    public string? GrainId { get; }

    /// <summary>Which of the grain's records.</summary>
    [Id(1)]
    public string? GrainType { get; }

    /// <summary>In which table.</summary>
    [Id(2)]
    public string? TableName { get; }
}
