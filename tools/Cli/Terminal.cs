namespace Dtao.Cli;

/// <summary>Reads from the person at the keyboard.</summary>
internal static class Terminal
{
    /// <summary>Asks for a line and shows nothing of what is typed; null where it was broken off.</summary>
    public static string? ReadSecret(string question)
    {
        Console.Error.Write(question);
        List<char> typed = [];
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            switch (key.Key)
            {
                case ConsoleKey.Enter:
                    Console.Error.WriteLine();
                    return new string([.. typed]);
                case ConsoleKey.Escape:
                    Console.Error.WriteLine();
                    return null;
                case ConsoleKey.Backspace:
                    if (typed.Count > 0) typed.RemoveAt(typed.Count - 1);
                    break;
                default:
                    if (!char.IsControl(key.KeyChar)) typed.Add(key.KeyChar);
                    break;
            }
        }
    }
}
