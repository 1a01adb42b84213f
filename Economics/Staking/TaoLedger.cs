using Dtao.Economics.Ledger;

namespace Dtao.Economics.Staking;

/// <summary>Moves of free TAO: between accounts, and between accounts and the accounts of subnets.</summary>
/// <remarks>
/// Source: rule book 01, 2.9; coinbase/tao.rs. Amounts are rao. The free TAO of an existing subnet's account is kept in its books,
/// everybody else's in the scope; a transfer by account id finds the right place by itself.
/// </remarks>
public static class TaoLedger
{
    /// <summary>Free TAO of any account, the existential deposit included.</summary>
    public static Tao Balance(LedgerScope scope, AccountId account) => Read(scope, Holder.Of(scope, account));

    /// <summary>What an account can spend and still hold the existential deposit.</summary>
    public static Tao KeepAliveBalance(LedgerScope scope, AccountId account) =>
        Balance(scope, account).SubtractSaturating(scope.Parameters.ExistentialDeposit);

    /// <summary>A transfer inside a staking call. Dust that it leaves behind is destroyed and lowers both counters of issuance.</summary>
    public static LedgerError Transfer(LedgerScope scope, AccountId from, AccountId to, Tao amount) =>
        TransferFrom(scope, Holder.Of(scope, from), to, amount);

    /// <summary>Pays from the account of a subnet.</summary>
    public static LedgerError TransferFromSubnet(LedgerScope scope, NetUid netuid, AccountId to, Tao amount) =>
        scope.TryGetBooks(netuid, out _)
            ? TransferFrom(scope, new Holder(default, netuid), to, amount)
            : LedgerError.SubnetNotExists;

    /// <summary>Pays into the account of a subnet, as much of <paramref name="amount"/> as leaves the payer its existential deposit.</summary>
    /// <param name="moved">What was really moved; the caller must go on with this amount.</param>
    public static LedgerError TransferToSubnet(LedgerScope scope, NetUid netuid, AccountId from, Tao amount, out Tao moved)
    {
        moved = Tao.Zero;
        if (amount.IsZero) return LedgerError.None;
        if (!scope.TryGetBooks(netuid, out _)) return LedgerError.SubnetNotExists;

        var movable = Tao.Min(amount, KeepAliveBalance(scope, from));
        if (movable.IsZero) return LedgerError.InsufficientBalance;

        var error = Move(scope, Holder.Of(scope, from), new Holder(default, netuid), movable, keepAlive: true, out _);
        if (error == LedgerError.None) moved = movable;
        return error;
    }

    /// <summary>Pays from the account of a subnet to the burn account. Issuance stays; a refusal is the caller's to ignore.</summary>
    public static LedgerError BurnFromSubnet(LedgerScope scope, NetUid netuid, Tao amount) =>
        TransferFromSubnet(scope, netuid, AccountId.Burn, amount);

    /// <summary>Destroys TAO of an account that keeps its existential deposit; both counters of issuance fall.</summary>
    public static LedgerError Recycle(LedgerScope scope, AccountId account, Tao amount)
    {
        if (amount > KeepAliveBalance(scope, account)) return LedgerError.InsufficientBalance;
        if (amount.IsZero) return LedgerError.None;
        var holder = Holder.Of(scope, account);
        Write(scope, holder, Read(scope, holder) - amount);
        scope.Destroy(amount);
        return LedgerError.None;
    }

    /// <summary>A plain transfer of free TAO. Its dust lowers the balances' issuance only.</summary>
    /// <remarks>Source: rule book 01, 2.2; scenarios, "Plain transfers".</remarks>
    public static LedgerError TransferPlain(LedgerScope scope, AccountId from, AccountId to, Tao amount, bool keepAlive)
    {
        var error = Move(scope, Holder.Of(scope, from), Holder.Of(scope, to), amount, keepAlive, out var dust);
        if (!dust.IsZero) scope.AddPlainDust(dust);
        return error;
    }

    /// <summary>Gives TAO that was taken from somebody else to an account; false, without effect, when that would stay under the existential deposit.</summary>
    public static bool TryDeposit(LedgerScope scope, AccountId account, Tao amount)
    {
        var holder = Holder.Of(scope, account);
        var held = Read(scope, holder);
        if (TransferRules.CheckReceiver(held, amount, scope.Parameters.ExistentialDeposit) != LedgerError.None) return false;
        Write(scope, holder, held.AddSaturating(amount));
        return true;
    }

    /// <summary>
    /// Credits newly minted TAO to the account of a subnet; false, without effect, when the account would stay under the
    /// existential deposit.
    /// </summary>
    /// <remarks>Source: coinbase/tao.rs :: spend_tao.</remarks>
    public static bool TryMintToSubnet(SubnetBooks books, Tao amount, Tao existentialDeposit)
    {
        var after = books.AccountTao.AddSaturating(amount);
        if (after < existentialDeposit) return false;
        books.AccountTao = after;
        return true;
    }

    private static LedgerError TransferFrom(LedgerScope scope, Holder from, AccountId to, Tao amount)
    {
        if (amount > Read(scope, from)) return LedgerError.InsufficientBalance;
        var error = Move(scope, from, Holder.Of(scope, to), amount, keepAlive: false, out var dust);
        if (!dust.IsZero) scope.Destroy(dust);
        return error;
    }

    /// <summary>The balances module's transfer: its checks in its order, then the move.</summary>
    private static LedgerError Move(LedgerScope scope, Holder from, Holder to, Tao amount, bool keepAlive, out Tao dust)
    {
        dust = Tao.Zero;
        if (amount.IsZero) return LedgerError.None;

        var existentialDeposit = scope.Parameters.ExistentialDeposit;
        var source = Read(scope, from);
        var error = TransferRules.CheckSender(source, amount, existentialDeposit, keepAlive);
        if (error != LedgerError.None) return error;
        var target = Read(scope, to);
        error = TransferRules.CheckReceiver(target, amount, existentialDeposit);
        if (error != LedgerError.None || from == to) return error;

        var remainder = source - amount;
        dust = TransferRules.DustOf(remainder, existentialDeposit);
        Write(scope, from, remainder - dust);
        Write(scope, to, target.AddSaturating(amount));
        return LedgerError.None;
    }

    private static Tao Read(LedgerScope scope, Holder holder)
    {
        if (holder.Subnet is not { } netuid) return scope.GetFree(holder.Account);
        return scope.TryGetBooks(netuid, out var books) ? books.AccountTao : Tao.Zero;
    }

    private static void Write(LedgerScope scope, Holder holder, Tao free)
    {
        if (holder.Subnet is { } netuid) scope.Books(netuid).AccountTao = free;
        else scope.SetFree(holder.Account, free);
    }

    /// <summary>Where an account's free TAO is kept: in the books of an existing subnet, or under the account's own id.</summary>
    private readonly record struct Holder(AccountId Account, NetUid? Subnet)
    {
        public static Holder Of(LedgerScope scope, AccountId account) =>
            SystemAccounts.TryGetSubnet(account, out var netuid) && scope.TryGetBooks(netuid, out _)
                ? new Holder(default, netuid)
                : new Holder(account, null);
    }
}
