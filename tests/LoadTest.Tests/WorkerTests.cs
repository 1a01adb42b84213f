using Dtao.Economics;
using Dtao.Economics.Ledger;
using Dtao.Grains;
using Dtao.Hosting.Chaos;
using Dtao.LoadTest.Driving;
using Dtao.LoadTest.Runs;

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
            Assert.Equal([101, 102], merged.Open.Select(operation => (int)operation.Call.Amount));
            Assert.Equal(
                new[] { Result(0), Result(1) }.SelectMany(result => result.Acknowledged).Select(entry => Line(entry)), merged.Acknowledged.Select(entry => Line(entry)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
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
            [operation with { Id = new OperationId(new Guid(worker + 9, 0, 0, new byte[8])), Call = operation.Call with { Amount = (ulong)(101 + worker) } }], [$"fault {worker}"], [$"hash {worker}"], worker + 1, 10 + worker);
    }
}
