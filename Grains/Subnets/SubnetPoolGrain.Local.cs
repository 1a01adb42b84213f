using Dtao.Grains.Shell;

namespace Dtao.Grains.Subnets;

/// <content>The way to this pool for accounts of the same silo, without a message. See docs/decisions/0128-no-message-inside-a-silo.md.</content>
public sealed partial class SubnetPoolGrain : ILocalPool
{
    private CommandBundles? _commands;
    private Action? _decideCommands;

    /// <summary>Takes commands from now on. Only on one ordered log, where a command may be acted on before it is durable, and where nobody looks at each message.</summary>
    private void AttachLocally()
    {
        if (Journals.LogId == Guid.Empty || LocalCalls.AreSeen(ServiceProvider)) return;
        _commands = CommandBundles.To(GrainFactory, Netuid);
        _decideCommands = () => _commands.DecideIn(this);
        _commands.Attach(this);
    }

    private void DetachLocally() => _commands?.Detach(this);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        DetachLocally();
        await base.OnDeactivateAsync(reason, cancellationToken);
        if (_isEntered) Journals.Leave(ActorKey);
    }

    void ILocalPool.PostDecisions() => GrainContext.Scheduler.QueueAction(_decideCommands!);

    PoolReply? ILocalPool.TryDecide(PoolCommand command)
    {
        NoteLocalUse();
        return IsPoisoned ? null : DecideAtOnce(command);
    }
}
