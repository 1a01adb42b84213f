using System.CommandLine;
using System.CommandLine.Invocation;
using Dtao.LoadTest;

var context = new LoadContext(Console.Out, Console.Error, !Console.IsOutputRedirected, "LoadTest " + string.Join(' ', args));
var parsed = LoadCommand.AddTo(new RootCommand("Loads a dynamic TAO network with stakers that trade, measures it, and proves that nothing was lost."), context).Parse(args);
if (parsed.Action is not ParseErrorAction) return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = LoadCommand.TerminationMax });
foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(error.Message);
return LoadExitCode.Usage;
