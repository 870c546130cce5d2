// What becomes of a cell: 0 outside, 1 of a speck, 2 of a hole, 3 inside and stays, 4 nothing is inside anywhere. Java twin:
// Regions.clean.
uniform int min_cells;
uniform int fill_cells;

float judge(bool inside, int area, bool at_border, bool nothing) {
    bool small = area < (inside ? min_cells : fill_cells);
    return nothing ? 4.0 : inside ? (small ? 1.0 : 3.0) : small && !at_border ? 2.0 : 0.0;
}
