using Orleans.Persistence.AzureStorage;

namespace Orleans.Configuration;

/// <summary>Where silos of a cluster find each other: a table on Azure. Names and defaults are the official provider's.</summary>
public class AzureStorageClusteringOptions : AzureStorageOperationOptions
{
    /// <summary>The default of <see cref="TableName"/>.</summary>
    public const string DEFAULT_TABLE_NAME = "OrleansSiloInstances";

    /// <inheritdoc/>
    public override string TableName { get; set; } = DEFAULT_TABLE_NAME;
}

/// <summary>Where clients find the gateways of a cluster: the table of <see cref="AzureStorageClusteringOptions"/>.</summary>
public class AzureStorageGatewayOptions : AzureStorageOperationOptions
{
    /// <inheritdoc/>
    public override string TableName { get; set; } = AzureStorageClusteringOptions.DEFAULT_TABLE_NAME;
}

/// <summary>Checks the options of a silo's clustering before it starts.</summary>
public class AzureStorageClusteringOptionsValidator : AzureStorageOperationOptionsValidator<AzureStorageClusteringOptions>
{
    /// <summary>Makes a validator.</summary>
    public AzureStorageClusteringOptionsValidator(AzureStorageClusteringOptions options, string? name = null)
        : base(options, name)
    {
    }
}

/// <summary>Checks the options of a client's clustering before it starts.</summary>
public class AzureStorageGatewayOptionsValidator : AzureStorageOperationOptionsValidator<AzureStorageGatewayOptions>
{
    /// <summary>Makes a validator.</summary>
    public AzureStorageGatewayOptionsValidator(AzureStorageGatewayOptions options, string? name = null)
        : base(options, name)
    {
    }
}
