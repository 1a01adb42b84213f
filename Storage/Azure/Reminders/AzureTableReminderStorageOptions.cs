using Orleans.Persistence.AzureStorage;

namespace Orleans.Reminders.AzureStorage;

/// <summary>Where reminders are kept: a table on Azure. Names and defaults are the official provider's.</summary>
public class AzureTableReminderStorageOptions : AzureStorageOperationOptions
{
    /// <summary>The default of <see cref="TableName"/>.</summary>
    public const string DEFAULT_TABLE_NAME = "OrleansReminders";

    /// <inheritdoc/>
    public override string TableName { get; set; } = DEFAULT_TABLE_NAME;
}

/// <summary>Checks the options of reminders before a silo starts.</summary>
public class AzureTableReminderStorageOptionsValidator : AzureStorageOperationOptionsValidator<AzureTableReminderStorageOptions>
{
    /// <summary>Makes a validator.</summary>
    public AzureTableReminderStorageOptionsValidator(AzureTableReminderStorageOptions options, string? name = null)
        : base(options, name)
    {
    }
}
