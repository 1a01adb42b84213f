using Azure;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Dtao.Storage.Tests;

/// <summary>What stores throw has to reach the caller of a grain on another silo, with whatever caused it.</summary>
public sealed class StoreExceptionTests
{
    public static TheoryData<string, Exception> Thrown => new()
    {
        { "nothing inside", new StoreException(StoreErrorCode.Full, "No room.") },
        { "an error of SQLite inside", new StoreException(StoreErrorCode.Locked, "In use.", new SqliteException("busy", 5)) },
        { "a refusal of the service inside", new AzureFault(AzureFaultKind.Denied, false, null, null, new RequestFailedException(404, "gone", "TableNotFound", null)).ToException("Row") },
        { "a broken connection inside", new AzureFault(AzureFaultKind.Unanswered, false, null, null, new IOException("broken")).ToException("Row") },
        { "a row that is too large", new AzureFault(AzureFaultKind.TooLarge, false, null, null, new RequestFailedException(413, "large", "EntityTooLarge", null)).ToException("Row") },
        { "a full line", new GrainStorageBusyException("full", new TimeoutException()) },
    };

    [Theory]
    [MemberData(nameof(Thrown))]
    public void Exception_ThroughTheSerializer_KeepsTypeMessageAndCode(string what, Exception thrown)
    {
        Assert.NotEmpty(what);
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();

        var arrived = serializer.Deserialize<Exception>(serializer.SerializeToArray(thrown))!;

        Assert.Equal((thrown.GetType(), thrown.Message), (arrived.GetType(), arrived.Message));
        Assert.Equal((thrown as StoreException)?.Code, (arrived as StoreException)?.Code);
        Assert.Equal(thrown.InnerException?.Message, arrived.InnerException?.Message);
    }
}
