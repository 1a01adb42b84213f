using Dtao.Hosting.Audit;

namespace Dtao.LoadTest.Runs;

/// <summary>What a network has stored when a load is over.</summary>
/// <param name="Image">The state of every actor.</param>
public sealed record StoredBooks(AuditReport Audit, NetworkImage Image);
