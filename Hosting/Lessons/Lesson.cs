namespace Dtao.Hosting.Lessons;

/// <summary>What a number of a lesson counts.</summary>
public enum LessonUnit : byte
{
    Count = 0,
    /// <summary>Rao of TAO.</summary>
    Tao = 1,
    /// <summary>Rao of alpha.</summary>
    Alpha = 2,
    /// <summary>Rao of TAO for one whole alpha.</summary>
    Price = 3,
    /// <summary>Parts per million.</summary>
    Ppm = 4,
}

/// <summary>A number by itself.</summary>
public sealed record LessonFact(string Name, LessonUnit Unit, Int128 Value);

/// <summary>A column of a lesson's table.</summary>
public sealed record LessonColumn(string Name, LessonUnit Unit);

/// <summary>A row: one number for each column.</summary>
/// <param name="Label">What the row is about; null where its first number says so.</param>
public sealed record LessonRow(string? Label, IReadOnlyList<Int128> Values);

/// <summary>A picture of some columns: lines over the first column, or a bar for each row where rows have labels.</summary>
public sealed record LessonPicture(string Title, string YTitle, IReadOnlyList<int> Columns)
{
    /// <summary>Whether heights are to be compared with 0.</summary>
    public bool FromZero { get; init; }
}

/// <summary>A run of the real rules that shows one thing: facts, a table, and what is worth a picture. Numbers are whole.</summary>
public sealed record Lesson(string Name, string Title)
{
    public required IReadOnlyList<LessonFact> Facts { get; init; }

    public required IReadOnlyList<LessonColumn> Columns { get; init; }

    public required IReadOnlyList<LessonRow> Rows { get; init; }

    public required IReadOnlyList<LessonPicture> Pictures { get; init; }
}
