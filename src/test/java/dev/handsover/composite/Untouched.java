package dev.handsover.composite;

import java.nio.file.Path;
import java.util.List;

/** Events of a window at which nobody sits. */
public final class Untouched implements Window.Events {
    @Override
    public void key(Key key, boolean down, boolean shift, boolean control) {}

    @Override
    public void dropped(List<Path> files) {}

    @Override
    public void corners(Look.Placement.Corners corners) {}

    @Override
    public void closed() {}
}
