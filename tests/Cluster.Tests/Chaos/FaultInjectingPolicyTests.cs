using System.Collections.Concurrent;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Dtao.Hosting.Chaos;

namespace Dtao.Cluster.Tests.Chaos;

/// <summary>What the service sees of a request, and what its sender is told, for each fault: with the SDK's own pipeline, and a service that only counts.</summary>
public sealed class FaultInjectingPolicyTests
{
    private const string Endpoint = "https://nobody.invalid";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<InjectedFault, int, bool> Faults => new()
    {
        { InjectedFault.None, 1, true },
        { InjectedFault.Delayed, 1, true },
        { InjectedFault.NotSent, 0, false },
        { InjectedFault.Refused, 0, false },
        { InjectedFault.AnswerLost, 1, false },
        { InjectedFault.OtherAnswer, 1, false },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Send_OneFault_IsSentOrNotAndToldOrNot(InjectedFault fault, int sent, bool isTold)
    {
        var service = new CountingTransport();
        var policy = new FaultInjectingPolicy(seed: 1, () => Only(fault), TimeProvider.System);
        var table = TableOver(policy, service);

        var failure = await Record.ExceptionAsync(() => table.DeleteEntityAsync("partition", "row", cancellationToken: Cancel));

        Assert.Equal(sent, service.Sent);
        Assert.Equal(1, policy.CountOf(fault));
        if (isTold)
        {
            Assert.Null(failure);
            return;
        }

        // A connection that broke has no status; an answer that was made up has one that says nothing of the request.
        var told = Assert.IsType<RequestFailedException>(failure);
        if (fault is InjectedFault.NotSent or InjectedFault.AnswerLost) Assert.Equal(0, told.Status);
        else Assert.Contains(told.Status, (int[])[429, 500, 503]);
    }

    [Fact]
    public async Task Send_Transaction_IsDoneWholeAlsoWhereItsAnswerIsLost()
    {
        var service = new CountingTransport();
        var table = TableOver(new FaultInjectingPolicy(seed: 1, () => Only(InjectedFault.AnswerLost), TimeProvider.System), service);

        await Assert.ThrowsAnyAsync<RequestFailedException>(() => table.SubmitTransactionAsync(
            [new(TableTransactionActionType.Add, new TableEntity("p", "1")), new(TableTransactionActionType.Add, new TableEntity("p", "2"))], Cancel));

        Assert.Equal(1, service.Sent);
    }

    [Fact]
    public async Task Send_SameSeed_IsTheSameDecisionsAndAnotherSeedIsOthers()
    {
        var (first, again, other) = (await Decisions(seed: 3), await Decisions(seed: 3), await Decisions(seed: 4));

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        // Each kind came about, so that the comparison says something.
        Assert.All(Enum.GetValues<InjectedFault>(), fault => Assert.Contains(fault, first));
    }

    [Fact]
    public async Task Send_WindowOpensAndCloses_OnlyWithinItRequestsMeetFaults()
    {
        var rates = FaultRates.None;
        var policy = new FaultInjectingPolicy(seed: 1, () => rates, TimeProvider.System);
        var table = TableOver(policy, new CountingTransport());

        await table.DeleteEntityAsync("partition", "row", cancellationToken: Cancel);
        rates = Only(InjectedFault.NotSent);
        await Assert.ThrowsAsync<RequestFailedException>(() => table.DeleteEntityAsync("partition", "row", cancellationToken: Cancel));
        rates = FaultRates.None;
        await table.DeleteEntityAsync("partition", "row", cancellationToken: Cancel);

        Assert.Equal((1, 2), (policy.CountOf(InjectedFault.NotSent), policy.CountOf(InjectedFault.None)));
    }

    /// <summary>What became of three hundred requests, one after the other.</summary>
    private static async Task<List<InjectedFault>> Decisions(ulong seed)
    {
        var policy = new FaultInjectingPolicy(seed, () => new(100, 1, 100, 100, 100, 100), TimeProvider.System);
        var table = TableOver(policy, new CountingTransport());
        var decisions = new List<InjectedFault>();
        var before = Counts(policy);
        for (var i = 0; i < 300; i++)
        {
            await Record.ExceptionAsync(() => table.DeleteEntityAsync("partition", "row", cancellationToken: Cancel));
            var after = Counts(policy);
            decisions.Add(Enum.GetValues<InjectedFault>().Single(fault => after[fault] != before[fault]));
            before = after;
        }

        return decisions;
    }

    private static Dictionary<InjectedFault, long> Counts(FaultInjectingPolicy policy) => Enum.GetValues<InjectedFault>().ToDictionary(fault => fault, policy.CountOf);

    private static FaultRates Only(InjectedFault fault) => new(
        Delayed: fault == InjectedFault.Delayed ? FaultRates.Whole : 0,
        DelayMillisecondsMax: 5,
        NotSent: fault == InjectedFault.NotSent ? FaultRates.Whole : 0,
        Refused: fault == InjectedFault.Refused ? FaultRates.Whole : 0,
        AnswerLost: fault == InjectedFault.AnswerLost ? FaultRates.Whole : 0,
        OtherAnswer: fault == InjectedFault.OtherAnswer ? FaultRates.Whole : 0);

    private static TableClient TableOver(FaultInjectingPolicy policy, CountingTransport service)
    {
        var options = new TableClientOptions { Transport = service };
        options.Retry.MaxRetries = 0;
        options.AddPolicy(policy, HttpPipelinePosition.BeforeTransport);
        return new TableServiceClient(new Uri($"{Endpoint}?sig=none"), options).GetTableClient("table");
    }

    /// <summary>A service that does whatever it is asked, and counts.</summary>
    private sealed class CountingTransport : HttpPipelineTransport
    {
        private static readonly HttpClientTransport s_requests = new();
        private readonly ConcurrentQueue<string> _sent = [];

        public int Sent => _sent.Count;

        public override Azure.Core.Request CreateRequest() => s_requests.CreateRequest();

        public override void Process(HttpMessage message)
        {
            _sent.Enqueue(message.Request.Uri.ToString());
            message.Response = new DoneResponse();
        }

        public override ValueTask ProcessAsync(HttpMessage message)
        {
            Process(message);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class DoneResponse : Response
    {
        public override int Status => 204;

        public override string ReasonPhrase => "No Content";

        public override Stream? ContentStream { get; set; }

        public override string ClientRequestId { get; set; } = string.Empty;

        public override void Dispose()
        {
            // Nothing is held.
        }

        protected override bool TryGetHeader(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
        {
            value = null;
            return false;
        }

        protected override bool TryGetHeaderValues(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = null;
            return false;
        }

        protected override bool ContainsHeader(string name) => false;

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => [];
    }
}
