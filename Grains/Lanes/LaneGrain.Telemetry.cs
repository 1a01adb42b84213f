using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains.Subnets;
using Microsoft.Extensions.Logging;

namespace Dtao.Grains.Lanes;

/// <content>What the lane tells: log lines.</content>
public sealed partial class LaneGrain
{
    private void LogNotDecided(LaneCommand command, Exception exception) =>
        LogNotDecided(command.Call.Kind, command.Call.Netuid.Value, command.Head.Sender, command.Head.Sequence, exception);

    [LoggerMessage(404, LogLevel.Critical, "The lane could not decide {Call} on subnet {Netuid} of {Account}, sequence {Sequence}: a rule broke, and the operation is refused")]
    private partial void LogNotDecided(CallKind call, ushort netuid, AccountId account, ulong sequence, Exception exception);

    [LoggerMessage(405, LogLevel.Critical, "The lane could not decide the automatic claim of {Coldkey}: a rule broke, and the claim is left out")]
    private partial void LogClaimNotDecided(AccountId coldkey, Exception exception);

    private void LogRetry(string whom, string reason)
    {
        NoteRepeat();
        WriteRetry(whom, reason);
    }

    [LoggerMessage(401, LogLevel.Information, "The lane asks {Whom} again: {Reason}")]
    private partial void WriteRetry(string whom, string reason);

    [LoggerMessage(402, LogLevel.Critical, "The lane broke an invariant and is deactivated")]
    private partial void LogBroken(Exception exception);

    [LoggerMessage(403, LogLevel.Information, "The lane gathers again: {Reason}")]
    private partial void LogGatherAgain(string reason);
}
