using System.CommandLine;
using System.Net;
using System.Text.Json;
using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Populations;
using Dtao.LoadTest.Runs;
using Dtao.TestKit;

namespace Dtao.LoadTest.Tests;

public sealed class WorkerTests
{
    [Fact]
    public async Task Workers_ResultsReadAndMerged_AreAllThatTheySaw()
    {
        var folder = Directory.CreateTempSubdirectory("dtao-load-tests-");
        try
        {
            var results = new List<LoadResult>();
            foreach (var worker in Enumerable.Range(0, 2))
            {
                var file = Path.Combine(folder.FullName, $"worker-{worker}.json");
                await WorkerFiles.WriteAsync(file, Result(worker));
                results.Add(await WorkerFiles.ReadAsync(file));
            }

            var merged = WorkerFiles.Merge(results);

            Assert.Equal(2, merged.Tally.All.Applied);
            Assert.Equal(["hash 0", "hash 1"], merged.PlanHashes);
            Assert.Equal(["fault 0", "fault 1"], merged.Faults);
            Assert.Equal((3L, 21), (merged.WithoutMeans, merged.StakersSeen));
            Assert.Equal((1, 5L, true), (merged.Making, merged.Settled, merged.IsInterrupted));
            Assert.False(results[0].IsInterrupted);
            Assert.Equal([101, 102], merged.Open.Select(operation => (int)operation.Call.Amount));
            Assert.Equal(
                new[] { Result(0), Result(1) }.SelectMany(result => result.Acknowledged).Select(entry => Line(entry)), merged.Acknowledged.Select(entry => Line(entry)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Enough to fill more than one piece of memory, by several threads at once, and read while more comes.</summary>
    [Fact]
    public async Task Book_OperationsWithReceipts_AreReadAsTheyWereTold()
    {
        const int Writers = 4;
        const int Each = 3_000;
        var book = new AcknowledgedBook();
        var template = Assert.Single(Result(0).Acknowledged);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (var number = 0; number < Each; number++)
            {
                var entry = Entry(writer, number);
                book.Add(entry.Operation, entry.Receipt);
                if (number % 1_000 == 0) Assert.NotEmpty(book.Select(told => told.Receipt.Id).ToArray());
            }
        })));

        Assert.Equal(Writers * Each, book.Count);
        var told = book.GroupBy(entry => entry.Operation.LastValidBlock.Value).OrderBy(entries => entries.Key).ToArray();
        Assert.Equal(Writers, told.Length);
        foreach (var (writer, entries) in told.Index()) Assert.Equal(Enumerable.Range(0, Each).Select(number => Line(Entry(writer, number))), entries.Select(Line));

        Acknowledged Entry(int writer, int number) => new(
            template.Operation with
            {
                Call = template.Operation.Call with { Amount = (ulong)number, Detail = number % 100 == 0 ? new SymbolDetail(new string('x', number)) : null },
                LastValidBlock = new BlockNumber((ulong)writer),
            },
            template.Receipt with { Order = (ulong)number });
    }

    [Fact]
    public void Model_SharedAmongWorkers_AddsUp()
    {
        var open = new LoadModel(new Schedule(100, 1_000_000) { Spike = new Spike(1_001, 0, 500_000) }, 0, 0);
        var closed = new LoadModel(null, 10, 0);

        Assert.Equal(100, Enumerable.Range(0, 3).Sum(worker => open.PartOf(worker, 3).Schedule!.PerSecond));
        Assert.Equal(1_001, Enumerable.Range(0, 3).Sum(worker => open.PartOf(worker, 3).Schedule!.Spike!.PerSecond));
        Assert.Equal([4, 3, 3], Enumerable.Range(0, 3).Select(worker => closed.PartOf(worker, 3).Loops));
    }

    /// <summary>Whatever a run was told, its workers are told as well.</summary>
    [Theory]
    [InlineData("--rate 500 --ramp 2 --spike 5000@3+1 --in-flight 77 --late 25")]
    [InlineData("--concurrency 9 --think 8 --operations 123456")]
    [InlineData("--concurrency 9 --think 8 --all")]
    public async Task Arguments_OfAWorker_AreReadAsTheRunsOwn(string model)
    {
        var run = Read([.. model.Split(' '), "--seed", "9", "--stakers", "50", "--subnets", "4", "--validators", "5", "--validator-tao", "6", "--positions", "3", "--wealth", "70", "--pareto", "150", "--zipf", "500", "--seconds", "8"]);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(run.Population, PopulationReader.Json), TestContext.Current.CancellationToken);

            var arguments = WorkerPool.Arguments(run, [IPEndPoint.Parse("127.0.0.1:30001")], makes: true, 1, 3, file);
            var read = Read(arguments);

            // Of an embedded network, or for the parent alone.
            string[] others = [nameof(LoadOptions.Folder), nameof(LoadOptions.Silos), nameof(LoadOptions.BlockIntervalMilliseconds), nameof(LoadOptions.Restarts), nameof(LoadOptions.Thresholds), nameof(LoadOptions.AuditSeconds), nameof(LoadOptions.IdleMinutes)];
            Assert.All(typeof(LoadOptions).GetProperties().Where(property => property.GetMethod!.IsStatic == false && !others.Contains(property.Name)), property => Assert.Equal(property.GetValue(run), property.GetValue(read)));
            Assert.Equal(["--worker", "1/3", "--gateway", "127.0.0.1:30001"], new[] { "--worker", "--gateway" }.SelectMany(name => arguments.Skip(arguments.IndexOf(name)).Take(2)));
            Assert.NotEqual(new LoadOptions { Population = new(), Model = run.Model }.Population, read.Population);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Options_SharedAmongWorkers_AddUp()
    {
        var options = new LoadOptions { Population = new(), Model = new LoadModel(null, 10, 0), OperationsMax = 100, InFlightMax = 1_000 };

        Assert.Equal([34L, 33, 33], Enumerable.Range(0, 3).Select(worker => options.PartOf(worker, 3).OperationsMax));
        Assert.Equal(1_000, Enumerable.Range(0, 3).Sum(worker => options.PartOf(worker, 3).InFlightMax));
        Assert.Equal(long.MaxValue, (options with { OperationsMax = long.MaxValue }).PartOf(1, 3).OperationsMax);
    }

    [Fact]
    public void Progress_ToldByWorkers_IsAddedUp()
    {
        var one = new LoadProgress(10, 6, 3, 1, 2, 500, 900, [KeyValuePair.Create("SlippageTooHigh", 3L), KeyValuePair.Create("TimeoutException", 1L)]) { Acted = 8 };
        var other = new LoadProgress(5, 5, 0, 0, 0, 700, 800, []) { Acted = 5 };

        var sum = WorkerPool.Sum([LoadWorker.ReadLine(LoadWorker.LineOf(one)), LoadWorker.ReadLine(LoadWorker.LineOf(one)), LoadWorker.ReadLine(LoadWorker.LineOf(other))]);

        Assert.Equal((25, 17, 6, 2, 4, 700, 900), (sum.Sent, sum.Applied, sum.Refused, sum.Failed, sum.Late, sum.P50, sum.P99));
        Assert.Equal(21, sum.Acted);
        Assert.Equal(["SlippageTooHigh 6", "TimeoutException 2"], sum.Codes.Select(code => $"{code.Key} {code.Value}"));
    }

    /// <summary>Workers that are shells: the first ends, and the second would wait for ever.</summary>
    [Theory]
    [InlineData("[ $2 = 0/2 ] && exit 1; exec cat", "ready")]
    [InlineData("echo ready; [ $2 = 0/2 ] && read go && exit 1; exec cat", "done")]
    public async Task Pool_OneWorkerEnds_EndsTheOthersAndSaysWhich(string script, string before)
    {
        if (!File.Exists("/bin/sh")) Assert.Skip("There is no /bin/sh.");
        var options = new LoadOptions { Population = new(), Model = new LoadModel(null, 2, 0) };

        var broken = await Assert.ThrowsAsync<LoadBrokenException>(async () =>
        {
            using var pool = await WorkerPool.StartAsync(options, ["/bin/sh", "-c", script, "worker"], [], makes: false, 2, _ => { }, TestContext.Current.CancellationToken);
            await pool.RunAsync(TestContext.Current.CancellationToken);
        });

        Assert.Contains($"Worker 1 of 2 ended before it was {before}", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pool_EndedBeforeAllAreReady_EndsItsWorkers()
    {
        if (!File.Exists("/bin/sh")) Assert.Skip("There is no /bin/sh.");
        using var stop = new CancellationTokenSource();
        var options = new LoadOptions { Population = new(), Model = new LoadModel(null, 2, 0) };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => WorkerPool.StartAsync(options, ["/bin/sh", "-c", "echo made 7; exec cat", "worker"], [], makes: false, 2, _ => stop.Cancel(), stop.Token));
    }

    /// <summary>A worker begins at a word and stops at another, and learns of its input's end whatever was said.</summary>
    [Theory]
    [InlineData("go\n", true, false)]
    [InlineData("come\ngo\n", true, false)]
    [InlineData("go\nstop\n", true, true)]
    [InlineData("stop\n", false, true)]
    [InlineData("come\n", false, false)]
    [InlineData("", false, false)]
    public async Task Worker_InputIsClosed_LearnsOfIt(string input, bool begins, bool stops)
    {
        var (told, stopped, closed) = LoadWorker.Listen(new StringReader(input));

        await Patience.Until(closed, "The end of the input was not seen.");

        Assert.Equal((begins, stops), (await told, stopped.IsCompleted));
    }

    /// <summary>What makes the stakers ends at the first faults, and keeps a few of them.</summary>
    [Fact]
    public async Task Making_OfVeryManyFails_EndsAtTheFirst()
    {
        var (steps, tried) = (new LiveSteps([]), 0);

        var broken = await Assert.ThrowsAsync<LoadBrokenException>(() => steps.EachAsync(Enumerable.Range(0, 1_000_000), number =>
        {
            Interlocked.Increment(ref tried);
            steps.Note($"staker {number} is poor");
            return Task.CompletedTask;
        }, TestContext.Current.CancellationToken));

        // As many as are under way at once.
        Assert.InRange(tried, 1, 256);
        Assert.InRange(broken.Message.Split("is poor").Length - 1, 1, 3);
    }

    private static LoadOptions Read(IReadOnlyList<string> arguments)
    {
        var (options, command) = (new LoadCommandOptions(), new RootCommand("load"));
        options.AddTo(command);
        var parsed = command.Parse(arguments);
        Assert.Empty(parsed.Errors);
        return LoadCommand.Read(options, parsed);
    }

    private static string Line(Acknowledged entry) => $"{entry.Operation.Signer} {entry.Operation.Call.Kind} {entry.Operation.Call.Amount} {Acknowledged.Line(entry.Receipt)}";

    private static LoadResult Result(int worker)
    {
        var tally = new LoadTally(1_000_000);
        tally.NoteSent(0, 0, 0);
        tally.NoteEnd(0, 500, new StepResult(StepEnd.Applied, string.Empty, "transfer", 0));
        var operation = new Operation
        {
            Id = new OperationId(new Guid(worker + 1, 0, 0, new byte[8])),
            Signer = AccountId.OfSubnet(new NetUid((ushort)(worker + 1))),
            Call = new Call { Kind = CallKind.AddStake, Netuid = new NetUid(1), Amount = 7 },
            LastValidBlock = new BlockNumber(64),
        };
        var outcome = CallOutcome.Done with { Moves = [new StakeMove(StakeMoveKind.In, new NetUid(1), operation.Signer, operation.Signer, new Tao(7), new Alpha(70), 1)] };
        return new LoadResult(
            tally, [new Acknowledged(operation, Receipt.Of(operation.Id, outcome, new BlockNumber(3), 9, new NetUid(1)))],
            [operation with { Id = new OperationId(new Guid(worker + 9, 0, 0, new byte[8])), Call = operation.Call with { Amount = (ulong)(101 + worker) } }], [$"fault {worker}"], [$"hash {worker}"], worker + 1, 10 + worker)
        {
            Making = worker,
            Settled = 2 + worker,
            IsInterrupted = worker == 1,
        };
    }
}
