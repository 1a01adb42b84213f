using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dtao.Economics;
using Dtao.Grains.Shell;
using Dtao.Grains.Telemetry;

namespace Dtao.Grains.Stakers;

/// <summary>An active account, as those who are in the same silo reach it without a message.</summary>
internal interface ILocalAccount
{
    /// <summary>Runs something in a turn of the account's own.</summary>
    void Post(IThreadPoolWorkItem turn);

    /// <summary>As <see cref="IStakerAccountGrain.Submit"/>, in the account's own turn.</summary>
    /// <param name="end">Told the end, whatever it is; not told when false is returned.</param>
    /// <returns>False when the operation is to be sent as a message: the activation ends.</returns>
    bool TryBegin(Operation operation, IOperationEnd end);
}

/// <summary>Whoever waits for an operation that was begun without a message.</summary>
internal interface IOperationEnd
{
    /// <summary>The operation has its receipt. Called in a turn of the account; what is told first counts.</summary>
    /// <param name="whenDurable">The receipt must not be told before this has ended, and is unknown if it fails.</param>
    /// <param name="gate">To be left when the wait has ended; null when it was left.</param>
    void Answer(Receipt receipt, Task whenDurable, OperationGate? gate);
}

/// <summary>The accounts of a silo that are reached without a message: those that have had operations out of batches, or of a client in this process.</summary>
internal sealed class LocalAccounts(IGrainFactory factory) : ILocalOperations
{
    private static readonly ConditionalWeakTable<IGrainFactory, LocalAccounts> s_ofSilos = [];

    private readonly ConcurrentDictionary<AccountId, ILocalAccount> _accounts = [];
    private readonly LocalWaits _waits = new();
    private volatile bool _hasClients;
    private volatile bool _areCallsKnown;
    private bool _areCallsSeen;

    /// <summary>Whether a client in this process has asked for an account: then each that is active is worth a place here.</summary>
    public bool HasClients => _hasClients;

    /// <inheritdoc cref="LocalCalls.AreSeen"/>
    public bool AreCallsSeen(IServiceProvider services)
    {
        if (_areCallsKnown) return _areCallsSeen;
        _areCallsSeen = LocalCalls.AreSeen(services);
        _areCallsKnown = true;
        return _areCallsSeen;
    }

    public static LocalAccounts Of(IGrainFactory factory)
    {
        if (s_ofSilos.TryGetValue(factory, out var known)) return known;
        known = s_ofSilos.GetValue(factory, static factory => new LocalAccounts(factory));
        LocalOperations.MakeKnown(factory, known);
        return known;
    }

    public ILocalAccount? Find(AccountId account) => _accounts.GetValueOrDefault(account);

    public void Attach(AccountId account, ILocalAccount local) => _accounts[account] = local;

    /// <summary>No effect when another activation has come in its place.</summary>
    public void Detach(AccountId account, ILocalAccount local) => _accounts.TryRemove(KeyValuePair.Create(account, local));

    /// <remarks>What is traced goes by message, which carries its caller's span.</remarks>
    public Task<Receipt>? TrySubmit(Operation operation)
    {
        if (LedgerTraces.IsTraced) return null;
        if (Find(operation.Signer) is { } local) return new LocalSubmission(factory, _waits, local, operation).Begin();
        _hasClients = true;
        return null;
    }
}
