namespace Dtao.Cli;

/// <summary>What was asked cannot be done as it was written; the message says how to write it. Ends with <see cref="ExitCode.Usage"/>.</summary>
internal sealed class UsageException(string message) : Exception(message);
