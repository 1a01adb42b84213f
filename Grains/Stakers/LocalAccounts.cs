using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dtao.Economics;

namespace Dtao.Grains.Stakers;

/// <summary>An active account, as those who are in the same silo reach it without a message.</summary>
internal interface ILocalAccount
{
    /// <summary>Runs something in a turn of the account's own.</summary>
    void Post(Action turn);

    /// <summary>As <see cref="IStakerAccountGrain.Submit"/>, in the account's own turn.</summary>
    /// <returns>Null when the operation is to be sent as a message: the activation ends, or operations are traced.</returns>
    Task<Receipt>? TrySubmit(Operation operation);
}

/// <summary>The accounts of a silo that have had operations out of batches: only these are worth a place here.</summary>
internal sealed class LocalAccounts
{
    private static readonly ConditionalWeakTable<IGrainFactory, LocalAccounts> s_ofSilos = [];

    private readonly ConcurrentDictionary<AccountId, ILocalAccount> _accounts = [];

    public static LocalAccounts Of(IGrainFactory factory) => s_ofSilos.GetValue(factory, static _ => new LocalAccounts());

    public ILocalAccount? Find(AccountId account) => _accounts.GetValueOrDefault(account);

    public void Attach(AccountId account, ILocalAccount local) => _accounts[account] = local;

    /// <summary>No effect when another activation has come in its place.</summary>
    public void Detach(AccountId account, ILocalAccount local) => _accounts.TryRemove(KeyValuePair.Create(account, local));
}
