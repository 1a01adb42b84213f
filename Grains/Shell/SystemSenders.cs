using Dtao.Economics;

namespace Dtao.Grains.Shell;

/// <summary>The names under which actors that are no accounts send messages. None of them is an account of the chain.</summary>
public static class SystemSenders
{
    /// <summary>The registry, when it passes on an administrator's setting.</summary>
    public static readonly AccountId Registry = Named("dtao:registry");

    /// <summary>The lane, when it credits accounts.</summary>
    public static readonly AccountId Lane = Named("dtao:lane");

    /// <summary>Where TAO that plain transfers destroyed is counted.</summary>
    public static readonly AccountId Dust = Named("dtao:destroyed-by-transfers");

    public static bool IsSystem(AccountId sender) => sender == Registry || sender == Lane || sender == Dust || sender.IsSubnetAccount;

    private static AccountId Named(string name)
    {
        var bytes = new byte[AccountId.Length];
        System.Text.Encoding.ASCII.GetBytes(name, bytes);
        return new AccountId(bytes);
    }
}
