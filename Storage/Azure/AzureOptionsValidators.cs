using System.Text.RegularExpressions;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Orleans.Persistence.AzureStorage;

/// <summary>Checks, before a silo starts, that a provider on a table has an account and a table name that the service accepts.</summary>
public class AzureStorageOperationOptionsValidator<TOptions> : IConfigurationValidator
    where TOptions : AzureStorageOperationOptions
{
    /// <summary>Makes a validator of one provider's options.</summary>
    public AzureStorageOperationOptionsValidator(TOptions options, string? name = null)
    {
        Options = options;
        Name = name ?? "";
    }

    /// <summary>What is checked.</summary>
    public TOptions Options { get; }

    /// <summary>The provider's name.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public virtual void ValidateConfiguration()
    {
        if (!Options.HasClient)
        {
            throw Invalid(
                $"no account is given: set {nameof(AzureStorageOperationOptions.TableServiceClient)}, or call {nameof(AzureStorageOperationOptions.ConfigureTableServiceClient)}.");
        }

        if (!AzureNames.IsTable(Options.TableName))
            throw Invalid($"{nameof(AzureStorageOperationOptions.TableName)} '{Options.TableName}' is not a letter with 2 to 62 letters and digits after it.");
        AzureBounds.Check<TOptions>(Name, Options.StoragePolicyOptions);
    }

    private protected void InRange(string setting, long value, long min, long max) =>
        AzureBounds.InRange<TOptions>(Name, setting, value, min, max);

    private protected void IsPositive(string setting, TimeSpan value) => AzureBounds.IsPositive<TOptions>(Name, setting, value);

    private protected OrleansConfigurationException Invalid(string why) => AzureNames.Invalid<TOptions>(Name, why);
}

/// <summary>Bounds of settings, and how a setting out of them is named.</summary>
internal static class AzureBounds
{
    public static void Check<TOptions>(string name, AzureStoragePolicyOptions policy)
    {
        InRange<TOptions>(name, nameof(policy.MaxBulkUpdateRows), policy.MaxBulkUpdateRows, 1, 100);
        InRange<TOptions>(name, nameof(policy.MaxOperationRetries), policy.MaxOperationRetries, 0, 1_000);
        InRange<TOptions>(name, nameof(policy.MaxCreationRetries), policy.MaxCreationRetries, 0, 1_000);
        IsPositive<TOptions>(name, nameof(policy.OperationTimeout), policy.OperationTimeout);
        IsPositive<TOptions>(name, nameof(policy.CreationTimeout), policy.CreationTimeout);
        IsPositive<TOptions>(name, nameof(policy.PauseBetweenOperationRetries), policy.PauseBetweenOperationRetries);
        IsPositive<TOptions>(name, nameof(policy.PauseBetweenCreationRetries), policy.PauseBetweenCreationRetries);
    }

    public static void InRange<TOptions>(string name, string setting, long value, long min, long max)
    {
        if (value < min || value > max) throw AzureNames.Invalid<TOptions>(name, $"{setting} is {value}, and has to be from {min} to {max}.");
    }

    public static void IsPositive<TOptions>(string name, string setting, TimeSpan value)
    {
        if (value <= TimeSpan.Zero) throw AzureNames.Invalid<TOptions>(name, $"{setting} is {value}, and has to be longer than nothing.");
    }
}

/// <summary>What the service allows names to be.</summary>
internal static partial class AzureNames
{
    public static bool IsTable(string? name) => name is not null && Table().IsMatch(name);

    public static bool IsContainer(string? name) => name is not null && Container().IsMatch(name);

    public static OrleansConfigurationException Invalid<TOptions>(string name, string why) =>
        new($"{typeof(TOptions).Name} of '{name}': {why}");

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9]{2,62}\z")]
    private static partial Regex Table();

    [GeneratedRegex(@"\A(?=.{3,63}\z)[a-z0-9]+(-[a-z0-9]+)*\z")]
    private static partial Regex Container();
}
