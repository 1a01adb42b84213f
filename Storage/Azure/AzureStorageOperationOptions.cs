using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Dtao.Storage;

namespace Orleans.Persistence.AzureStorage;

/// <summary>
/// How a provider reaches its table: the account, the table, and how long to try. Names and defaults are those of the
/// official Azure providers.
/// </summary>
public class AzureStorageOperationOptions
{
    /// <summary>The table's name: a letter, then letters and digits, 3 to 63 of them.</summary>
    public virtual string TableName { get; set; } = "";

    /// <summary>Bounds of a batch, of retries, and of time.</summary>
    public AzureStoragePolicyOptions StoragePolicyOptions { get; } = new();

    /// <summary>Used by the <c>ConfigureTableServiceClient</c> methods.</summary>
    /// <value>Null: the SDK's own retries are off, because the provider retries by itself.</value>
    public TableClientOptions? ClientOptions { get; set; }

    /// <summary>The account. It may retry by itself; a write that was applied twice over is recognised all the same.</summary>
    public TableServiceClient? TableServiceClient { get; set; }

    internal Func<Task<TableServiceClient>>? CreateClient { get; private set; }

    /// <summary>Uses a connection string; one with a shared access signature is as good as one with a key.</summary>
    public void ConfigureTableServiceClient(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        ConfigureTableServiceClient(() => AzureServiceClients.Tables(connectionString, ClientOptions));
    }

    /// <summary>Uses the account's table endpoint: with a shared access signature in the query, or with the identity that the process runs under.</summary>
    public void ConfigureTableServiceClient(Uri serviceUri)
    {
        ArgumentNullException.ThrowIfNull(serviceUri);
        ConfigureTableServiceClient(() => AzureServiceClients.Tables(serviceUri, ClientOptions));
    }

    /// <summary>Uses the account's table endpoint with a token, for instance of a managed identity.</summary>
    public void ConfigureTableServiceClient(Uri serviceUri, TokenCredential tokenCredential)
    {
        ArgumentNullException.ThrowIfNull(serviceUri);
        ArgumentNullException.ThrowIfNull(tokenCredential);
        ConfigureTableServiceClient(() => new TableServiceClient(serviceUri, tokenCredential, AzureServiceClients.WithoutRetries(ClientOptions)));
    }

    /// <summary>Uses the account's table endpoint with a shared access signature.</summary>
    public void ConfigureTableServiceClient(Uri serviceUri, AzureSasCredential azureSasCredential)
    {
        ArgumentNullException.ThrowIfNull(serviceUri);
        ArgumentNullException.ThrowIfNull(azureSasCredential);
        ConfigureTableServiceClient(() => new TableServiceClient(serviceUri, azureSasCredential, AzureServiceClients.WithoutRetries(ClientOptions)));
    }

    /// <summary>Uses the account's table endpoint with the account's key.</summary>
    public void ConfigureTableServiceClient(Uri serviceUri, TableSharedKeyCredential sharedKeyCredential)
    {
        ArgumentNullException.ThrowIfNull(serviceUri);
        ArgumentNullException.ThrowIfNull(sharedKeyCredential);
        ConfigureTableServiceClient(() => new TableServiceClient(serviceUri, sharedKeyCredential, AzureServiceClients.WithoutRetries(ClientOptions)));
    }

    /// <summary>Uses the client that the callback makes, once, when the silo starts.</summary>
    public void ConfigureTableServiceClient(Func<Task<TableServiceClient>> createClientCallback)
    {
        ArgumentNullException.ThrowIfNull(createClientCallback);
        CreateClient = createClientCallback;
    }

    internal bool HasClient => TableServiceClient is not null || CreateClient is not null;

    internal async Task<TableServiceClient> GetTableServiceClientAsync() =>
        TableServiceClient ??= await CreateClient!().ConfigureAwait(false);

    private void ConfigureTableServiceClient(Func<TableServiceClient> create) =>
        ConfigureTableServiceClient(() => Task.FromResult(create()));
}

/// <summary>Bounds of a provider's work on a table. Names and defaults are those of the official Azure providers.</summary>
public class AzureStoragePolicyOptions
{
    /// <summary>Rows in one transaction, 1 to 100.</summary>
    /// <value>100, which is also the service's bound.</value>
    public int MaxBulkUpdateRows { get; set; } = 100;

    /// <summary>How often the making of a table is tried again.</summary>
    /// <value>60.</value>
    public int MaxCreationRetries { get; set; } = 60;

    /// <summary>How often a request is sent again after the service did not answer, or was too busy.</summary>
    /// <value>5.</value>
    public int MaxOperationRetries { get; set; } = 5;

    /// <summary>The pause before a table's making is tried again.</summary>
    /// <value>1 second.</value>
    public TimeSpan PauseBetweenCreationRetries { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The first pause before a request is sent again; each next one is twice as long, and all are shortened by chance.</summary>
    /// <value>800 milliseconds.</value>
    public TimeSpan PauseBetweenOperationRetries { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>How long the making of a table may take, with all its retries.</summary>
    /// <value>3 minutes.</value>
    public TimeSpan CreationTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How long one write or read may take after it has left the queue, with all its retries.</summary>
    /// <value>100 seconds.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(100);
}
