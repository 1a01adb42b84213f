namespace Dtao.Grains.Shell;

/// <summary>
/// The store does not hold the ledger any more that this process works on: a table was deleted, or made anew and empty. An actor that finds nothing of its
/// own must not begin from nothing then; it does not begin at all.
/// </summary>
[GenerateSerializer, Alias("dtao.LedgerMissingException")]
public sealed class LedgerMissingException : Exception
{
    public LedgerMissingException() : base("The ledger is gone from its store.")
    {
    }

    public LedgerMissingException(string message) : base(message)
    {
    }

    public LedgerMissingException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
