namespace Dtao.Economics.Ledger;

/// <summary>The blocks in which a subnet's owner last used what is limited in rate; 0 for never.</summary>
/// <param name="TempoSetBy">Whom the limit of the tempo is about: another owner may set it at once. Only the last one is kept.</param>
/// <param name="ActivityCutoffSetAt">By whichever owner.</param>
/// <param name="EpochTriggeredAt">By whichever owner.</param>
/// <remarks>Source: rule book 02, 6.4; utils/rate_limiting.rs :: TransactionType.</remarks>
public sealed record OwnerMarks(AccountId? TempoSetBy, ulong TempoSetAt, ulong ActivityCutoffSetAt, ulong EpochTriggeredAt)
{
    public static readonly OwnerMarks None = new(null, 0, 0, 0);
}
